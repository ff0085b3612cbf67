import { STATE_BYTES, TLB_VIEWS } from "@isinglass/cpu-x86";
import { VIRTIO_MMIO_LENGTH, VirtioMmio, VirtioRng, type BlockBackend } from "@isinglass/virtio";
import type { VirtioConsole } from "@isinglass/virtio";
import { Random } from "@isinglass/testkit";
import { TLB_ENTRIES, TLB_ENTRY_BYTES, TLB_RAM, TLB_VIEW_BYTES } from "@isinglass/mmu";
import { type MachinePlugin, type PcMachine, pc, virtioConsole, virtioDisk, virtioRng } from "../../src/index.js";
import { EngineVcpu } from "../../src/engine-vcpu.js";
import { ECAM, RAM_BYTES, VIRTIO_MMIO } from "./places.js";

const VCPU_BASE = 65536;
const WASM_PAGE = 65536;
const CODE_BYTES = 1 << 20;
const DISK_BYTES = 64 << 10;
const MARGIN = 4096;
const CANARY = 0xa5;

/** A disk in memory with a margin on both sides, whose host fails now and then. */
export class GuardedDisk implements BlockBackend {
  readonly readonly = false;
  readonly size: number = DISK_BYTES;
  readonly all: Uint8Array = new Uint8Array(DISK_BYTES + 2 * MARGIN).fill(CANARY);
  readonly bytes: Uint8Array = this.all.subarray(MARGIN, MARGIN + DISK_BYTES).fill(0);
  /** What it was asked for that is not on it. */
  readonly violations: string[] = [];
  readonly #random: Random;
  readonly #fails: boolean;

  constructor(seed: number, fails: boolean) {
    this.#random = new Random(seed);
    this.#fails = fails;
  }

  #check(what: string, offset: number, length: number): void {
    if (offset < 0 || offset % 512 !== 0 || length % 512 !== 0 || offset + length > DISK_BYTES)
      this.violations.push(`${what} of ${length} bytes at ${offset}`);
    if (this.#fails && this.#random.oneIn(20)) throw new Error("the host's disk fails");
  }

  read(offset: number, into: Uint8Array): void {
    this.#check("read", offset, into.length);
    into.set(this.bytes.subarray(offset, offset + into.length));
  }

  write(offset: number, bytes: Uint8Array): void {
    this.#check("write", offset, bytes.length);
    this.all.set(bytes, MARGIN + offset);
  }

  flush(): void {
    this.#check("flush", 0, 0);
  }

  discard(offset: number, length: number): void {
    this.writeZeroes(offset, length);
  }

  writeZeroes(offset: number, length: number): void {
    this.#check("zeroing", offset, length);
    this.all.fill(0, MARGIN + offset, MARGIN + offset + length);
  }

  /** Whether the margins are as they were. */
  get isWhole(): boolean {
    const { all } = this;
    return (
      all.subarray(0, MARGIN).every((b) => b === CANARY) && all.subarray(MARGIN + DISK_BYTES).every((b) => b === CANARY)
    );
  }
}

export interface FuzzOptions {
  readonly tier: "interp" | "jit" | "auto";
  readonly cpus: number;
  readonly cpu: string;
  readonly nanosecondsPerInstruction: number;
  readonly seed: number;
  readonly diskFails: boolean;
}

/** A PC with all that there is of devices, and marks in the host's memory around all that is the guest's. */
export class FuzzMachine {
  readonly options: FuzzOptions;
  readonly machine: PcMachine & { readonly console: VirtioConsole };
  readonly disk: GuardedDisk;
  /** Bytes that the guest wrote to serial port and console. */
  output = 0;
  readonly #marked: readonly Uint8Array[];

  constructor(options: FuzzOptions) {
    this.options = options;
    this.disk = new GuardedDisk(options.seed, options.diskFails);
    const entropy = new Random(options.seed ^ 0x5555);
    const count = (bytes: Uint8Array): void => {
      this.output += bytes.length;
    };
    const extras: MachinePlugin = {
      name: "extras",
      install(board) {
        board.bus.mapMmio(ECAM, 1 << 20, board.pci.ecam, "ecam");
        const mmio = new VirtioMmio({
          component: "virtio-mmio.0",
          model: new VirtioRng({ entropy: { fill: (into: Uint8Array) => into.set(entropy.bytes(into.length)) } }),
          dma: board.dma,
          clock: board.clock,
          line: board.irq(10),
          events: board.events,
        });
        board.addDevice(mmio);
        board.bus.mapMmio(VIRTIO_MMIO, VIRTIO_MMIO_LENGTH, mmio, "virtio-mmio.0");
        return {};
      },
    };
    this.machine = pc({
      memory: RAM_BYTES,
      cpu: options.cpu,
      cpus: options.cpus,
      cpuSeed: options.seed,
      tier: options.tier,
      codeBytes: CODE_BYTES,
      nanosecondsPerInstruction: options.nanosecondsPerInstruction,
      serial: { onOutput: count },
    })
      .use(virtioDisk({ backend: this.disk, serial: "fuzz" }))
      .use(virtioRng({ entropy: { fill: (into) => into.set(entropy.bytes(into.length)) } }))
      .use(virtioConsole({ onOutput: count }))
      .use(extras)
      .build();
    const { core, vcpu } = this.machine;
    const { u8 } = vcpu.cpu;
    const origin = core.ram.offset;
    const own = VCPU_BASE + EngineVcpu.bytes(CODE_BYTES);
    const others = VCPU_BASE + Math.ceil(EngineVcpu.bytes(CODE_BYTES) / WASM_PAGE) * WASM_PAGE;
    const end = options.cpus === 1 ? own : others + (options.cpus - 1) * EngineVcpu.bytes(0);
    this.#marked = [
      [0, VCPU_BASE],
      [own, options.cpus === 1 ? origin : others],
      [end, origin],
      // Between low memory and the firmware's tables there is no memory of the guest's.
      [origin + 0xa0000, origin + 0xe0000],
    ].map(([from, to]) => u8.subarray(from, to));
    for (const part of this.#marked) part.fill(CANARY);
  }

  /** What is wrong outside the guest's memory; undefined where all is well. */
  damage(): string | undefined {
    const at = this.#marked.findIndex((part) => Buffer.compare(part, CANARIES.subarray(0, part.length)) !== 0);
    if (at >= 0) return `the host's memory around the guest's was written to, part ${at}`;
    if (!this.disk.isWhole) return "memory beside the disk was written to";
    if (this.disk.violations.length > 0) return `the disk was asked for ${this.disk.violations[0]}`;
    return this.#foreignTranslation();
  }

  /** An entry of a soft TLB that leads to something else than the guest's memory. */
  #foreignTranslation(): string | undefined {
    const { core } = this.machine;
    const { offset, bytes } = core.ram;
    for (const { cpu } of core.vcpus) {
      const words = new Int32Array(cpu.u8.buffer, cpu.base + STATE_BYTES, (TLB_VIEWS * TLB_VIEW_BYTES) / 4);
      const step = TLB_ENTRY_BYTES / 4;
      for (let entry = 0; entry < TLB_VIEWS * TLB_ENTRIES; entry += 1) {
        const at = entry * step;
        let isValid = false;
        for (let tag = 0; tag < 6; tag += 2)
          if (((words[at + tag]! >>> 12) & (TLB_ENTRIES - 1)) === (entry & (TLB_ENTRIES - 1))) isValid = true;
        if (!isValid) continue;
        const ram = words[at + TLB_RAM / 4]! - offset;
        const isHole = ram >= 0xa0000 && ram < 0xe0000;
        if (ram < 0 || ram + 4096 > bytes || ram % 4096 !== 0 || isHole)
          return `entry ${entry} of a soft TLB leads to ${ram.toString(16)}`;
      }
    }
    return undefined;
  }
}

const CANARIES: Buffer = Buffer.alloc(256 << 10, CANARY);
