import { IsinglassError } from "@isinglass/interface";
import { type Explanation, type PcMachine, RegionLog } from "@isinglass/machine";
import { kaslrShift } from "./guest-profile/kaslr.js";
import { type SymbolTable, functionAt } from "./guest-profile/symbols.js";

/** Regions that `hot` stands for. */
const HOTTEST = 3;
/** The busiest code, whatever its address. */
export const HOT = "hot";

function usage(message: string): IsinglassError {
  return new IsinglassError("ISG_CLI_USAGE", message);
}

/** A linear address such as `0xffffffff81000000`, or undefined. */
export function parseAddress(word: string): bigint | undefined {
  return /^(0x[\da-f]{1,16}|\d{1,15})$/i.test(word) ? BigInt(word) : undefined;
}

/** Tells of addresses how they are executed, and why. */
export class Explainer {
  readonly #words: readonly string[];
  readonly #symbols: SymbolTable | undefined;
  #log: RegionLog | undefined;
  #shift = 0n;
  readonly found: Explanation[] = [];

  /** @throws ISG_CLI_USAGE for a word that is neither an address, `hot` nor one of the symbols */
  constructor(words: string, symbols: SymbolTable | undefined) {
    this.#words = words.split(",");
    this.#symbols = symbols;
    for (const word of this.#words) {
      if (word === HOT || parseAddress(word) !== undefined || symbols?.byName.has(word) === true) continue;
      throw usage(
        symbols === undefined
          ? `--explain ${word}: an address such as 0x100000 is right, or ${HOT}; names need --symbols FILE`
          : `--explain ${word}: neither an address nor a function that --symbols names`,
      );
    }
  }

  /** Watches from now on. */
  begin({ vcpu }: PcMachine): void {
    const jit = vcpu.interpreter?.jit;
    if (jit === undefined) throw usage("--explain: nothing is compiled with --tier interp");
    this.#log = new RegionLog(jit);
  }

  end(machine: PcMachine): void {
    const { interpreter } = machine.vcpu;
    const log = this.#log!;
    log.refresh(interpreter!.code);
    if (this.#symbols !== undefined) this.#shift = kaslrShift(machine, this.#symbols) ?? 0n;
    const addresses = new Set(this.#words.flatMap((word) => (word === HOT ? hottest(log) : [this.#addressOf(word)])));
    for (const address of addresses) {
      const lo = Number(BigInt.asIntN(32, address));
      const hi = Number(BigInt.asIntN(32, address >> 32n));
      this.found.push(interpreter!.explain(lo, hi, log));
    }
  }

  #addressOf(word: string): bigint {
    return parseAddress(word) ?? BigInt.asUintN(64, this.#symbols!.byName.get(word)! + this.#shift);
  }

  /** The function that an address lies in, where symbols say so. */
  nameOf(address: bigint): string | undefined {
    return this.#symbols === undefined
      ? undefined
      : functionAt(this.#symbols, BigInt.asUintN(64, address - this.#shift));
  }
}

/** Entries of the compiled regions in which most instructions were executed. */
function hottest(log: RegionLog): bigint[] {
  return log.records
    .filter(({ state, use }) => state === "compiled" && use.executed > 0)
    .toSorted((a, b) => b.use.executed - a.use.executed)
    .slice(0, HOTTEST)
    .map(({ address }) => address);
}
