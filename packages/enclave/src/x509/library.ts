// The one place where the certificate library comes in, after what it needs.
// oxlint-disable-next-line import/no-unassigned-import -- imported for what it does to Reflect: it exports nothing
import "./polyfill.js";

export { X509Certificate, X509Crl } from "@peculiar/x509";
