import { TLB_R } from "@isinglass/mmu";
import { describe, expect, it } from "vitest";
import { CR0_PE, CR0_PG, CR4_PAE, CR4_PCIDE, EFER_LMA, EFER_LME, S } from "../src/index.js";
import { writeCr0, writeCr3 } from "../src/assists/control.js";
import { BareCpu, RAM_AT } from "./support/bare-cpu.js";

const LOCAL = 0x0040_0000;
const GLOBAL = 0x0050_1000;
/** Bit 63 of what MOV to CR3 writes: keep what is cached. */
const KEEP = -0x8000_0000;

/** In long mode at CR3 = 1000H with one local and one global translation cached. */
function longMode(pcide: boolean): BareCpu {
  const machine = new BareCpu(["pcid"]);
  const { cpu, tlb } = machine;
  cpu.set64(S.cr0, CR0_PE | CR0_PG, 0);
  cpu.set64(S.cr4, CR4_PAE | (pcide ? CR4_PCIDE : 0), 0);
  cpu.set64(S.efer, EFER_LMA | EFER_LME, 0);
  cpu.set64(S.cr3, 0x1000, 0);
  cpu.refresh();
  tlb.fill(0, LOCAL, 0, RAM_AT, TLB_R, false, 12);
  tlb.fill(0, GLOBAL, 0, RAM_AT, TLB_R, true, 12);
  return machine;
}

const cached = (machine: BareCpu): boolean[] => [machine.isCached(LOCAL), machine.isCached(GLOBAL)];

describe("MOV to CR3 (SDM vol. 3A, 4.10.4.1)", () => {
  it.each([
    ["without PCIDs forgets what is not global", false, 0x2000, 0, [false, true]],
    ["with bit 63 clear forgets what is not global", true, 0x2000, 0, [false, true]],
    ["with bit 63 set and the same PCID keeps everything", true, 0x2000, KEEP, [true, true]],
    ["with bit 63 set and another PCID shows nothing of the old one", true, 0x2001, KEEP, [false, true]],
  ] as const)("%s", (_, pcide, lo, hi, left) => {
    const machine = longMode(pcide);
    expect(cached(machine)).toEqual([true, true]);
    writeCr3(machine.cpu, lo, hi);
    expect(cached(machine)).toEqual(left);
    expect([machine.cpu.get32(S.cr3), machine.cpu.getHi(S.cr3)]).toEqual([lo, 0]);
  });

  it("takes bit 63 for reserved without PCIDs", () => {
    const machine = longMode(false);
    expect(machine.vectorOf(() => writeCr3(machine.cpu, 0x2000, KEEP))).toBe(13);
    expect(machine.cpu.get32(S.cr3)).toBe(0x1000);
  });
});

describe("PCIDs", () => {
  it("keep paging on (SDM vol. 3A, 4.10.1)", () => {
    for (const [pcide, outcome] of [
      [true, 13],
      [false, "none"],
    ] as const) {
      const machine = longMode(pcide);
      expect(machine.vectorOf(() => writeCr0(machine.cpu, CR0_PE))).toBe(outcome);
    }
  });

  it.each([
    ["a PCID above 0 without CR4.PCIDE", false, 0, [5, 0], [0, 0], 13],
    ["a PCID above 0 with CR4.PCIDE", true, 0, [5, 0], [0, 0], "none"],
    ["a reserved bit of the descriptor", true, 1, [0x1000, 0], [0, 0], 13],
    ["a reserved bit of its high half", true, 2, [0, 1], [0, 0], 13],
    ["an address that is not canonical", true, 0, [0, 0], [0, 0x8000], 13],
    ["that address where none is meant", true, 1, [0, 0], [0, 0x8000], "none"],
    ["a kind that is not there", true, 4, [0, 0], [0, 0], 13],
  ] as const)("INVPCID with %s (SDM vol. 2A, INVPCID)", (_, pcide, kind, first, address, outcome) => {
    const machine = longMode(pcide);
    machine.cpu.set64(S.scratch, first[0], first[1]);
    machine.cpu.set64(S.scratch + 8, address[0], address[1]);
    machine.cpu.set64(S.scratch + 16, kind, 0);
    expect(machine.assist("invpcid")).toBe(outcome);
  });
});

describe("a CPU", () => {
  it("is refused a place where its state does not fit or is not aligned", () => {
    const place = expect.objectContaining({ code: "ISG_CPU_BAD_PLACE" }) as object;
    const { cpu, tlb } = new BareCpu();
    const { buffer } = cpu.u8;
    const make = (base: number): unknown =>
      Reflect.construct(cpu.constructor, [buffer, base, cpu.model, cpu.walkMemory, tlb, cpu.platform]);
    for (const base of [0, -4096, 4, 4100, buffer.byteLength - 4096, Number.NaN])
      expect(() => make(base), `${base}`).toThrow(place);
  });
});
