/** Phase one: which variables of a module say something about the CPU, which functions return such a thing, and which look at it. */
import { floorIndex, type Image } from "./image.js";
import { REQUIRED, SILENT, type Visitor, walkFunction } from "./functions.js";

/** What other modules export about the CPU, by name: glibc's and libgcc's. */
const KNOWN_VARIABLES = new Set(["_rtld_global_ro", "__cpu_model", "__cpu_features2"]);
const KNOWN_FUNCTIONS = new Set([
  "__get_cpu_features",
  "__x86_get_cpu_features",
  "__x86_get_cpuid_feature_leaf",
  "__cpu_indicator_init",
]);

export interface Knowledge {
  /** Pieces of data that say something about the CPU, begin and end. */
  readonly variables: (readonly [start: number, end: number])[];
  /** All of them lie between these. */
  low: number;
  high: number;
  readonly returning: Set<number>;
  readonly looking: Set<number>;
}

function add(knowledge: Knowledge, start: number, end: number): void {
  knowledge.variables.push([start, end]);
  knowledge.low = Math.min(knowledge.low, start);
  knowledge.high = Math.max(knowledge.high, end);
}

const ROUNDS = 4;
/** A function that asks about the CPU and is this large does other things too: what it stores is no variable about the CPU. */
const SMALL_FUNCTION = 0x2000;

/** Whether a word that the loader fills leads to something that is known by name. */
export function knownSlot(image: Image, address: number): "variable" | "function" | undefined {
  const slot = image.slots.get(address);
  if (slot?.kind !== "symbol") return undefined;
  if (KNOWN_VARIABLES.has(slot.symbol.name)) return "variable";
  return KNOWN_FUNCTIONS.has(slot.symbol.name) ? "function" : undefined;
}

/** Whether an address lies in one of the variables. */
export function isVariable(knowledge: Knowledge, address: number): boolean {
  if (address < knowledge.low || address >= knowledge.high) return false;
  for (const [start, end] of knowledge.variables) if (address >= start && address < end) return true;
  return false;
}

/** Finds them, beginning with the functions that execute CPUID, until nothing new turns up. */
export function learn(image: Image): Knowledge {
  const knowledge: Knowledge = { variables: [], low: Infinity, high: 0, returning: new Set(), looking: new Set() };
  const { variables, returning, looking } = knowledge;
  let interesting = new Set<number>(image.probing);
  const referred = image.refs.map(([address]) => address);
  const byReference = (low: number, high: number): void => {
    for (let i = floorIndex(referred, low - 1) + 1; i < image.refs.length && image.refs[i]![0] < high; i += 1)
      interesting.add(image.refs[i]![1]);
  };
  for (const s of image.elf.dynamic.symbols) {
    if (s.defined && KNOWN_VARIABLES.has(s.name) && !image.isCode(s.address))
      add(knowledge, s.address, s.address + Math.max(s.size, 4));
    if (s.defined && KNOWN_FUNCTIONS.has(s.name)) returning.add(s.address);
  }
  for (const address of image.slotAddresses)
    if (knownSlot(image, address) !== undefined) byReference(address, address + 8);
  for (const [start, end] of variables) byReference(start, end);
  for (const fn of image.probing) for (const caller of image.callers.get(fn) ?? []) interesting.add(caller);
  for (let round = 0; round < ROUNDS && interesting.size > 0; round += 1) {
    const batch = interesting;
    interesting = new Set();
    const fresh = (start: number, end: number): void => {
      if (variables.some(([a, b]) => a <= start && b >= end)) return;
      add(knowledge, start, end);
      byReference(start, end);
    };
    for (const fn of batch) {
      const stored: number[] = [];
      const visitor: Visitor = {
        ...SILENT,
        code: (target, _, how) => how !== "pointer" && returning.has(image.throughStub(target)),
        slot: (address) => knownSlot(image, address) !== undefined,
        knows: (target) => returning.has(image.throughStub(target)),
        fills: (target) => image.probing.has(image.functionOf(image.throughStub(target))),
        knowsSlot: (address) => knownSlot(image, address) !== undefined,
        isVariable: (address) => isVariable(knowledge, address),
        store(address, about) {
          if (image.isCode(address)) return;
          if (about) fresh(address, address + 8);
          else stored.push(address);
        },
        passed(address, callee) {
          // Feature words are few: two to four of them are passed to be filled.
          if (image.probing.has(image.functionOf(image.throughStub(callee)))) fresh(address, address + 16);
        },
      };
      const { looks, returns } = walkFunction(image, fn, REQUIRED, visitor);
      const small = image.functionEnd(fn) - fn <= SMALL_FUNCTION;
      if (looks) looking.add(fn);
      // What depends on a test of the CPU says something about it too: `use_elision = has_rtm ? 1 : 0`.
      if (looks && small) for (const address of stored) fresh(address, address + 4);
      if (returns && !returning.has(fn)) {
        returning.add(fn);
        for (const caller of image.callers.get(fn) ?? []) interesting.add(caller);
      }
    }
  }
  return knowledge;
}
