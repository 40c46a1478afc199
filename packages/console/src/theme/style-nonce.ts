/** By it the browser knows styles that the page itself has made, as the server's policy demands. */
export const styleNonce: string =
  document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? "";

// Libraries that make styles of their own look for it here.
Object.assign(globalThis, { __webpack_nonce__: styleNonce });
