/** A CPUID dump: registers by leaf and subleaf, and model-specific registers where a tool recorded them. */
import type { FeatureBit } from "./features.js";

export interface CpuidEntry {
  readonly leaf: number;
  readonly subleaf: number;
  readonly eax: number;
  readonly ebx: number;
  readonly ecx: number;
  readonly edx: number;
}

export interface MsrEntry {
  readonly index: number;
  readonly low: number;
  readonly high: number;
}

/** Entries with unsigned 32-bit registers; of two for one leaf and subleaf the first counts. */
export class CpuidDump {
  readonly #entries = new Map<string, CpuidEntry>();
  readonly #msrs = new Map<number, MsrEntry>();

  constructor(entries: Iterable<CpuidEntry>, msrs: Iterable<MsrEntry> = []) {
    for (const entry of entries) {
      const key = `${entry.leaf}.${entry.subleaf}`;
      if (!this.#entries.has(key)) this.#entries.set(key, entry);
    }
    for (const msr of msrs) this.#msrs.set(msr.index, msr);
  }

  get entries(): CpuidEntry[] {
    return [...this.#entries.values()];
  }

  get msrs(): MsrEntry[] {
    return [...this.#msrs.values()];
  }

  get(leaf: number, subleaf = 0): CpuidEntry | undefined {
    return this.#entries.get(`${leaf}.${subleaf}`);
  }

  msr(index: number): MsrEntry | undefined {
    return this.#msrs.get(index);
  }

  /** Whether the dump says anything about this bit: a leaf or register that was not recorded is unknown, not absent. */
  knows(bit: FeatureBit): boolean {
    return bit.kind === "msr" ? this.#msrs.has(bit.index) : this.get(bit.leaf, bit.subleaf) !== undefined;
  }

  has(bit: FeatureBit): boolean {
    if (bit.kind === "msr") {
      const msr = this.#msrs.get(bit.index);
      if (msr === undefined) return false;
      return (((bit.bit < 32 ? msr.low : msr.high) >>> (bit.bit & 31)) & 1) === 1;
    }
    const entry = this.get(bit.leaf, bit.subleaf);
    return entry !== undefined && ((entry[bit.register] >>> bit.bit) & 1) === 1;
  }

  /** The twelve letters of leaf 0, `GenuineIntel`; empty if it is not there. */
  get vendor(): string {
    const entry = this.get(0);
    return entry === undefined ? "" : registerText([entry.ebx, entry.edx, entry.ecx]);
  }

  /** The brand of leaves 80000002H to 80000004H. */
  get brand(): string {
    const text = [0x80000002, 0x80000003, 0x80000004].map((leaf) => {
      const entry = this.get(leaf);
      return entry === undefined ? "" : registerText([entry.eax, entry.ebx, entry.ecx, entry.edx]);
    });
    return text.join("").replaceAll("\0", "").trim();
  }

  /** Family, model and stepping of leaf 1 (SDM vol. 2A, CPUID, figure "Version Information Returned by CPUID in EAX"). */
  get signature(): Signature {
    return decodeSignature(this.get(1)?.eax ?? 0);
  }
}

export interface Signature {
  readonly family: number;
  readonly model: number;
  readonly stepping: number;
}

/** The extended family is added always: it is zero unless the family is 15. The same goes for the model. */
export function decodeSignature(eax: number): Signature {
  return {
    family: ((eax >>> 20) & 0xff) + ((eax >>> 8) & 0xf),
    model: ((eax >>> 12) & 0xf0) + ((eax >>> 4) & 0xf),
    stepping: eax & 0xf,
  };
}

export function encodeSignature({ family, model, stepping }: Signature): number {
  const extended = family > 15 ? family - 15 : 0;
  const value =
    (extended << 20) | ((model >>> 4) << 16) | (Math.min(family, 15) << 8) | ((model & 15) << 4) | (stepping & 15);
  return value >>> 0;
}

function registerText(registers: readonly number[]): string {
  return registers
    .flatMap((value) => [0, 8, 16, 24].map((shift) => String.fromCharCode((value >>> shift) & 0xff)))
    .join("");
}
