export { type CertificateNames, readCertificateNames } from "./certificate-names.ts";
