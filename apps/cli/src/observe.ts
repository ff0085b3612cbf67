import { writeFile } from "node:fs/promises";
import { IsinglassError } from "@isinglass/interface";
import { type Explanation, type PcMachine, RegionLog } from "@isinglass/machine";
import { type Invocation, type OptionSpec, integer, text } from "./command.js";
import { explanationJson, explanationLines } from "./explain-text.js";
import type { GuestObserver } from "./guest.js";
import { cpuProfile, selfShares, speedscope } from "./guest-profile/formats.js";
import { SAMPLE_EVERY, Sampler } from "./guest-profile/sampler.js";
import { type SymbolTable, readSymbols } from "./guest-profile/symbols.js";
import { readInput } from "./input.js";

/** Options of every command with a guest that look at what it executes. */
export const OBSERVE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  explain: {
    type: "string",
    value: "ADDR[,ADDR]",
    help: "afterwards: how code at these linear addresses is executed, and why; best with --limit N",
  },
  profile: {
    type: "string",
    value: "FILE",
    help: "guest profile: FILE.cpuprofile is for Chrome, any other name for speedscope",
  },
  "profile-every": {
    type: "string",
    value: "N",
    help: `instructions between two samples; ${SAMPLE_EVERY} unless given`,
  },
  symbols: {
    type: "string",
    value: "FILE",
    help: "names for --profile: System.map, a copy of the guest's /proc/kallsyms, or vmlinux",
  },
};

const TOP = 10;

function usage(message: string): IsinglassError {
  return new IsinglassError("ISG_CLI_USAGE", message);
}

/** Linear addresses from `0x…,0x…`. */
export function parseAddresses(words: string, option: string): bigint[] {
  return words.split(",").map((word) => {
    if (!/^(0x[\da-f]{1,16}|\d{1,15})$/i.test(word))
      throw usage(`${option} ${word}: an address such as 0xffffffff81000000 is right`);
    return BigInt(word);
  });
}

/** What a kernel was moved by (KASLR), from where its system-call entry lies and where its symbols say that it lies; undefined: no telling. */
export function kaslrShift(
  machine: { readonly vcpu: Pick<PcMachine["vcpu"], "registers"> },
  symbols: SymbolTable,
): bigint | undefined {
  const { registers } = machine.vcpu;
  for (const [register, symbol] of [
    ["lstar", "entry_SYSCALL_64"],
    ["sysenter-eip", "entry_SYSENTER_32"],
    ["sysenter-eip", "entry_SYSENTER_compat"],
  ] as const) {
    const here = registers.get(register);
    const there = symbols.byName.get(symbol);
    if (here !== 0n && there !== undefined) return here - there;
  }
  return undefined;
}

/** What was found, for people and for `--json`. */
export interface Findings {
  readonly lines: readonly string[];
  readonly json: Readonly<Record<string, unknown>>;
}

/** Looks at a guest as the options say. */
export interface Observation {
  readonly observer: GuestObserver;
  /** Writes what is to be written; after the run. */
  finish(): Promise<Findings>;
}

class Explainer {
  readonly #addresses: readonly bigint[];
  #log: RegionLog | undefined;
  readonly found: Explanation[] = [];

  constructor(addresses: readonly bigint[]) {
    this.#addresses = addresses;
  }

  begin({ vcpu }: PcMachine): void {
    const jit = vcpu.interpreter?.jit;
    if (jit === undefined) throw usage("--explain: nothing is compiled with --tier interp");
    this.#log = new RegionLog(jit);
  }

  end({ vcpu }: PcMachine): void {
    for (const address of this.#addresses) {
      const lo = Number(BigInt.asIntN(32, address));
      const hi = Number(BigInt.asIntN(32, address >> 32n));
      this.found.push(vcpu.interpreter!.explain(lo, hi, this.#log!));
    }
  }
}

class Profiler {
  readonly every: number;
  readonly #path: string;
  readonly #symbols: SymbolTable | undefined;
  readonly sampler: Sampler = new Sampler();
  #shift: bigint | undefined;

  constructor(path: string, every: number, symbols: SymbolTable | undefined) {
    this.#path = path;
    this.every = every;
    this.#symbols = symbols;
  }

  end(machine: PcMachine): void {
    if (this.#symbols !== undefined) this.#shift = kaslrShift(machine, this.#symbols);
  }

  async write(): Promise<Findings> {
    const { sampler, every } = this;
    const symbols = this.#symbols;
    const shift = this.#shift ?? 0n;
    const profile = this.#path.endsWith(".cpuprofile")
      ? cpuProfile(sampler, symbols, shift)
      : speedscope(sampler, symbols, shift, every);
    try {
      await writeFile(this.#path, JSON.stringify(profile));
    } catch (problem) {
      throw new IsinglassError("ISG_CLI_FILE", `--profile ${this.#path}: ${(problem as NodeJS.ErrnoException).code}`);
    }
    const shares = selfShares(sampler, symbols, shift).slice(0, TOP);
    const lines = [
      `${this.#path}: ${sampler.order.length} samples, one each ${every} instructions`,
      ...shares.map(([name, share]) => `  ${(share * 100).toFixed(1).padStart(5)} %  ${name}`),
    ];
    const isNamed = symbols === undefined || shares.some(([name]) => symbols.byName.has(name));
    if (shift !== 0n)
      lines.push(`  the kernel lies 0x${BigInt.asUintN(64, shift).toString(16)} from where --symbols has it (KASLR)`);
    else if (symbols !== undefined && this.#shift === undefined)
      lines.push(
        "  no telling where the kernel lies: it has not set up its system calls, or --symbols does not name their entry",
      );
    else if (!isNamed)
      lines.push(
        "  hardly a sample lies in a function of --symbols: another kernel's, or moved by KASLR (boot with nokaslr)",
      );
    return {
      lines,
      json: { file: this.#path, samples: sampler.order.length, every, self: Object.fromEntries(shares) },
    };
  }
}

/** Reads the options of {@link OBSERVE_OPTIONS}; undefined where none is given. */
export async function observation(invocation: Invocation): Promise<Observation | undefined> {
  const addresses = text(invocation, "explain");
  const path = text(invocation, "profile");
  const symbolFile = text(invocation, "symbols");
  for (const name of ["symbols", "profile-every"])
    if (text(invocation, name) !== undefined && path === undefined) throw usage(`--${name} belongs to --profile FILE`);
  if (addresses === undefined && path === undefined) return undefined;
  const every = integer(invocation, "profile-every", SAMPLE_EVERY);
  if (every === 0) throw usage("--profile-every 0: a sample is taken each 1 instruction at most");
  const explainer = addresses === undefined ? undefined : new Explainer(parseAddresses(addresses, "--explain"));
  const symbols =
    symbolFile === undefined ? undefined : readSymbols(await readInput(symbolFile, "--symbols"), symbolFile);
  const profiler = path === undefined ? undefined : new Profiler(path, every, symbols);
  return {
    observer: {
      ...(profiler === undefined ? {} : { every: profiler.every }),
      began: (machine) => explainer?.begin(machine),
      look: (machine) => profiler?.sampler.look(machine),
      ended: (machine) => {
        explainer?.end(machine);
        profiler?.end(machine);
      },
    },
    async finish() {
      const profile = await profiler?.write();
      const found = explainer?.found ?? [];
      return {
        lines: [...found.flatMap(explanationLines), ...(profile?.lines ?? [])],
        json: {
          ...(explainer === undefined ? {} : { explain: found.map(explanationJson) }),
          ...(profile === undefined ? {} : { profile: profile.json }),
        },
      };
    },
  };
}
