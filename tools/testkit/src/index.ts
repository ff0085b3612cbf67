export { hasCommand } from "./command.js";
export { requireOracle } from "./oracle.js";
