export {
  CertificateAuthority,
  type CertificateSubject,
  type IssuedCertificate,
} from "./authority.ts";
