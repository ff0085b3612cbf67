// Reflect's metadata functions, which the certificate library's dependency injection wants. A file of its own, because bundlers run a CommonJS import where
// its importer's own code begins: only so is that before the library's code. package.json names it under sideEffects, or it would be left out.
// oxlint-disable-next-line import/no-unassigned-import -- imported for what it does to Reflect: it exports nothing
import "reflect-metadata";
