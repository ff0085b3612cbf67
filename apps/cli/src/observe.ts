import { IsinglassError } from "@isinglass/interface";
import type { PcMachine } from "@isinglass/machine";
import { type Invocation, type OptionSpec, integer, text } from "./command.js";
import { explanationJson, explanationLines } from "./explain-text.js";
import { Explainer } from "./explainer.js";
import type { GuestObserver } from "./guest.js";
import { cpuProfile, selfShares, speedscope } from "./guest-profile/formats.js";
import { kaslrShift } from "./guest-profile/kaslr.js";
import { SAMPLE_EVERY, Sampler } from "./guest-profile/sampler.js";
import { type SymbolTable, readSymbols } from "./guest-profile/symbols.js";
import { readInput } from "./input.js";
import { checkOutput, writeOutput } from "./output-file.js";

/** Options of every command with a guest that look at what it executes. */
export const OBSERVE_OPTIONS: Readonly<Record<string, OptionSpec>> = {
  explain: {
    type: "string",
    value: "ADDR|hot,...",
    suggestions: ["hot"],
    help: "afterwards: how code at these linear addresses is executed, and why; hot: of the busiest regions; names with --symbols",
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
    help: "names for --profile and --explain: System.map, a copy of the guest's /proc/kallsyms, or vmlinux",
  },
};

const TOP = 10;

function usage(message: string): IsinglassError {
  return new IsinglassError("ISG_CLI_USAGE", message);
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

  write(): Findings {
    const { sampler, every } = this;
    const symbols = this.#symbols;
    const shift = this.#shift ?? 0n;
    const profile = this.#path.endsWith(".cpuprofile")
      ? cpuProfile(sampler, symbols, shift)
      : speedscope(sampler, symbols, shift, every);
    writeOutput(this.#path, "--profile", JSON.stringify(profile));
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
  if (text(invocation, "profile-every") !== undefined && path === undefined)
    throw usage("--profile-every belongs to --profile FILE");
  if (symbolFile !== undefined && path === undefined && addresses === undefined)
    throw usage("--symbols belongs to --profile FILE and --explain NAME");
  if (addresses === undefined && path === undefined) return undefined;
  const every = integer(invocation, "profile-every", SAMPLE_EVERY);
  if (every === 0) throw usage("--profile-every 0: a sample is taken each 1 instruction at most");
  const symbols =
    symbolFile === undefined ? undefined : readSymbols(await readInput(symbolFile, "--symbols"), symbolFile);
  if (path !== undefined) checkOutput(path, "--profile");
  const explainer = addresses === undefined ? undefined : new Explainer(addresses, symbols);
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
      const profile = profiler?.write();
      const found = explainer?.found ?? [];
      const nothing = explainer !== undefined && found.length === 0 ? ["--explain hot: nothing was compiled"] : [];
      return {
        lines: [
          ...nothing,
          ...found.flatMap((one) => explanationLines(one, explainer?.nameOf(one.address))),
          ...(profile?.lines ?? []),
        ],
        json: {
          ...(explainer === undefined ? {} : { explain: found.map(explanationJson) }),
          ...(profile === undefined ? {} : { profile: profile.json }),
        },
      };
    },
  };
}
