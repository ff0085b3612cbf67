// The one place where the certificate library comes in: its dependency injection wants Reflect's metadata functions to be there before it.
// oxlint-disable-next-line import/no-unassigned-import
import "reflect-metadata";

export { X509Certificate, X509Crl } from "@peculiar/x509";
