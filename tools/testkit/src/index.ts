export { hasCommand } from "./command.js";
export { requireOracle } from "./oracle.js";
export { Random, fuzzSeed, random, seed } from "./random.js";
