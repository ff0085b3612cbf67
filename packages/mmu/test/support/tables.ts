import { PhysicalMap, PhysicalWalkMemory, X86Regime, X86Walker } from "../../src/index.js";

/** A machine with nothing but RAM from address 0 and a walker on it. */
export class Tables {
  readonly map: PhysicalMap;
  readonly memory: PhysicalWalkMemory;
  readonly walker: X86Walker;
  readonly regime: X86Regime = new X86Regime();
  readonly data: DataView;

  constructor(bytes: number = 1 << 20) {
    const buffer = new ArrayBuffer(bytes + 0x1000);
    this.data = new DataView(buffer, 0x1000);
    this.map = new PhysicalMap(buffer);
    this.map.addRam(0, bytes, 0x1000, "ram");
    this.memory = new PhysicalWalkMemory(this.map);
    this.walker = new X86Walker(this.memory);
  }

  set64(gpa: number, entry: bigint): void {
    this.data.setBigUint64(gpa, BigInt.asUintN(64, entry), true);
  }

  /** Everything that the guest has. */
  get bytes(): Uint8Array {
    return new Uint8Array(this.data.buffer, this.data.byteOffset);
  }

  get64(gpa: number): bigint {
    return this.data.getBigUint64(gpa, true);
  }

  set32(gpa: number, entry: number): void {
    this.data.setUint32(gpa, entry, true);
  }

  get32(gpa: number): number {
    return this.data.getUint32(gpa, true);
  }

  walk(va: bigint, access: number): number {
    return this.walker.walk(this.regime, Number(BigInt.asIntN(32, va)), Number(BigInt.asIntN(32, va >> 32n)), access);
  }
}

/** Entry flags (SDM vol. 3A table 4-20). */
export const P = 1n << 0n;
export const RW = 1n << 1n;
export const US = 1n << 2n;
export const PWT = 1n << 3n;
export const PCD = 1n << 4n;
export const A = 1n << 5n;
export const D = 1n << 6n;
export const PS = 1n << 7n;
export const G = 1n << 8n;
export const XD = 1n << 63n;
