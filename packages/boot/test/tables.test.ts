import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { describe, expect, it } from "vitest";
import {
  acpiTable,
  aml,
  buildAcpi,
  installAcpi,
  installMpTable,
  installSmbios,
  interrupt,
  mpTable,
  pirqOf,
  resourceTemplate,
} from "../src/index.js";
import type { AcpiConfig } from "../src/index.js";
import { thrown } from "./support/errors.js";
import { FlatMemory } from "./support/flat-memory.js";

const MIB = 2 ** 20;
const iasl = requireOracle("iasl", hasCommand("iasl"));
const dmidecode = requireOracle("dmidecode", hasCommand("dmidecode"));

const everything: AcpiConfig = {
  cpus: 3,
  hpet: { gpa: 0xfed0_0000 },
  gpe0: { port: 0xafe0, length: 4 },
  pci: {
    window64: { gpa: 2 ** 36, length: 2 ** 32 },
    interrupts: [16, 17, 18, 19],
    picInterrupts: [5, 10, 11, 11],
    ecam: { gpa: 0xb000_0000, lastBus: 255 },
  },
  isa: { com: [1, 2], mouse: true },
  virtioMmio: [{ gpa: 0xd000_0000, length: 4096, gsi: 20 }],
};
const bare: AcpiConfig = {
  gpe0: null,
  pci: null,
  smiCommand: null,
  reset: null,
  isa: { com: [], rtc: false, keyboard: false, timers: false },
};

const sum = (bytes: Uint8Array): number => bytes.reduce((a, b) => (a + b) & 0xff, 0);
const find = (tables: ReturnType<typeof buildAcpi>, signature: string): DataView => {
  const bytes = tables.find((t) => t.signature === signature)!.bytes;
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
};

/** Disassembles a table with iasl, compiles the text again, and returns the text. Fails on any error or warning of either run. */
function throughIasl(bytes: Uint8Array): string {
  const folder = mkdtempSync(join(tmpdir(), "isg-iasl-"));
  try {
    writeFileSync(join(folder, "t.aml"), bytes);
    const options = { cwd: folder, encoding: "utf8" } as const;
    const down = spawnSync("iasl", ["-d", "t.aml"], options);
    expect(down.stdout + down.stderr).not.toMatch(/error|warning|invalid|incorrect/i);
    const up = execFileSync("iasl", ["-p", "u", "t.dsl"], options);
    expect(up).toMatch(/Compilation successful. 0 Errors, 0 Warnings/);
    return readFileSync(join(folder, "t.dsl"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe("ACPI tables", () => {
  it.each([
    ["defaults", {}],
    ["everything", everything],
    ["bare", bare],
  ] as const)("add up to zero and point at each other (%s)", (_name, config) => {
    const tables = buildAcpi(config, 0x10_0000);
    expect(tables.filter((t) => t.signature !== "FACS" && sum(t.bytes) !== 0)).toEqual([]);
    const at = (signature: string): number => tables.find((t) => t.signature === signature)!.gpa;
    const rsdp = find(tables, "RSD PTR ");
    expect(sum(new Uint8Array(rsdp.buffer, rsdp.byteOffset, 20))).toBe(0);
    expect([rsdp.getUint32(16, true), Number(rsdp.getBigUint64(24, true))]).toEqual([at("RSDT"), at("XSDT")]);
    const listed = tables
      .map((t) => t.signature)
      .filter((s) => !["FACS", "DSDT", "RSDT", "XSDT", "RSD PTR "].includes(s));
    const xsdt = find(tables, "XSDT");
    const rsdt = find(tables, "RSDT");
    expect(listed.map((_, i) => Number(xsdt.getBigUint64(36 + i * 8, true)))).toEqual(listed.map(at));
    expect(listed.map((_, i) => rsdt.getUint32(36 + i * 4, true))).toEqual(listed.map(at));
    const fadt = find(tables, "FACP");
    expect([fadt.getUint32(36, true), fadt.getUint32(40, true), Number(fadt.getBigUint64(140, true))]).toEqual([
      at("FACS"),
      at("DSDT"),
      at("DSDT"),
    ]);
    expect(at("FACS") % 64).toBe(0);
    for (let i = 1; i < tables.length - 1; i++)
      expect(tables[i]!.gpa).toBeGreaterThanOrEqual(tables[i - 1]!.gpa + tables[i - 1]!.bytes.length);
  });

  it("put the PC defaults where the guest expects them", () => {
    const fadt = find(buildAcpi({}, 0x10_0000), "FACP");
    expect({
      sci: fadt.getUint16(46, true),
      smi: fadt.getUint32(48, true),
      pm1Event: fadt.getUint32(56, true),
      pm1Control: fadt.getUint32(64, true),
      pmTimer: fadt.getUint32(76, true),
      reset: [fadt.getUint8(116), Number(fadt.getBigUint64(120, true)), fadt.getUint8(128)],
      resetSupported: (fadt.getUint32(112, true) >> 10) & 1,
      gpe0: [fadt.getUint32(80, true), fadt.getUint8(92)],
      extended: Number(fadt.getBigUint64(212, true)),
    }).toEqual({
      sci: 9,
      smi: 0xb2,
      pm1Event: 0x600,
      pm1Control: 0x604,
      pmTimer: 0x608,
      reset: [1, 0xcf9, 6],
      resetSupported: 1,
      gpe0: [0xafe0, 4],
      extended: 0x608,
    });
  });

  /** All tables that have a source form, through iasl and back. */
  const sources = (config: AcpiConfig): Record<string, string> => {
    const text: Record<string, string> = {};
    for (const t of buildAcpi(config, 0x10_0000)) {
      if (t.signature !== "FACS" && t.signature !== "RSD PTR ") text[t.signature] = throughIasl(t.bytes);
    }
    return text;
  };

  it.skipIf(!iasl)("of the defaults pass through iasl and back", { timeout: 60_000 }, () => {
    const text = sources({});
    expect(Object.keys(text)).toEqual(["DSDT", "FACP", "APIC", "RSDT", "XSDT"]);
    expect(text["DSDT"]).toMatch(/Device \(COM1\)[\s\S]*?0x03F8,[\s\S]*?IRQNoFlags \(\)\s*\{4\}/);
    expect(text["APIC"]).toMatch(
      /Source : 09\s[\s\S]*?Interrupt : 00000009\s[\s\S]*?Polarity : 1[\s\S]*?Trigger Mode : 3/,
    );
  });

  it.skipIf(!iasl)("with PIIX3's interrupt router pass through iasl and back", { timeout: 60_000 }, () => {
    const text = sources({
      pci: { router: "piix3" },
      hpet: { gpa: 0xfed0_0000 },
      isa: { floppy: true },
      pmTimerReliable: true,
    });
    const dsdt = text["DSDT"]!;
    expect(dsdt).toMatch(
      /OperationRegion \(PIRQ, PCI_Config, 0x60, 0x04\)[\s\S]*?PRQA,\s+8,\s+PRQB,\s+8,\s+PRQC,\s+8,\s+PRQD,\s+8/,
    );
    for (const link of ["LNKA", "LNKB", "LNKC", "LNKD"]) {
      const choices = /Level, ActiveHigh, Shared, ,, \)\s*\{\s*0x00000005,\s*0x0000000A,\s*0x0000000B,\s*\}/;
      expect(dsdt.slice(dsdt.indexOf(`Device (${link})`))).toMatch(choices);
    }
    // What iasl made of the links' methods is the text below: a fact of the bytes, in ASL.
    expect(dsdt.replaceAll(/\s+/g, " ")).toContain(
      "Method (_DIS, 0, NotSerialized) // _DIS: Disable Device { \\_SB.PCI0.ISA.PRQC = (\\_SB.PCI0.ISA.PRQC | 0x80) }",
    );
    expect(dsdt.replaceAll(/\s+/g, " ")).toContain(
      "CreateDWordField (Arg0, 0x05, GSI) \\_SB.PCI0.ISA.PRQD = (GSI & 0x0F)",
    );
    // i440FX boards: INTA of slot 1 is the SCI's, of slot 2 line B's, of slot 4 line D's.
    const row = (slot: string): RegExp =>
      new RegExp(`Package \\(0x04\\)\\s*\\{\\s*${slot},\\s*(?:Zero|0x00),\\s*(\\S+),`);
    expect(["0x0001FFFF", "0x0002FFFF", "0x0004FFFF"].map((slot) => row(slot).exec(dsdt)?.[1])).toEqual([
      "\\_SB.LNKS",
      "\\_SB.LNKB",
      "\\_SB.LNKD",
    ]);
    expect(dsdt).toMatch(/EisaId \("PNP0103"\)[\s\S]*?0xFED00000,\s+\/\/ Address Base\s+0x00000400,/);
    expect(dsdt).toMatch(
      /EisaId \("PNP0700"\)[\s\S]*?_FDE[\s\S]*?0x03F2,[\s\S]*?0x03F7,[\s\S]*?DMA \(Compatibility, NotBusMaster, Transfer8, \)\s*\{2\}/,
    );
    // Level-triggered are the SCI and all that a line may be routed to.
    const overrides = [...text["APIC"]!.matchAll(/Source : ([0-9A-F]{2})\s[\s\S]*?Trigger Mode : (\d)/g)].map((m) => [
      m[1],
      m[2],
    ]);
    expect(overrides).toEqual([
      ["00", "0"],
      ["05", "3"],
      ["09", "3"],
      ["0A", "3"],
      ["0B", "3"],
    ]);
    expect(text["WAET"]).toMatch(/RTC needs no INT ack : 0\s+PM timer, one read only : 1/);
  });

  it.skipIf(!iasl)("with everything in them pass through iasl and back", { timeout: 60_000 }, () => {
    const text = sources(everything);
    expect(text["DSDT"]).toContain('EisaId ("PNP0A08")');
    expect(text["DSDT"]).toContain('"LNRO0005"');
    expect(text["DSDT"]!.match(/0x001FFFFF,/g)).toHaveLength(8);
    expect(text["APIC"]!.match(/Subtable Type : 00/g)).toHaveLength(3);
    expect(text["MCFG"]).toContain("00000000B0000000");
    expect(text["HPET"]).toContain("00000000FED00000");
  });

  it.skipIf(!iasl)("of a machine without PCI and ISA devices pass through iasl and back", { timeout: 60_000 }, () => {
    expect(sources(bare)["DSDT"]).not.toMatch(/PCI0|COM1/);
  });

  it("are installed at the top of RAM, reserved in the map, with the RSDP at 0xe0000", () => {
    const memory = FlatMemory.ofMiB(16);
    const acpi = installAcpi(memory, {});
    const [range] = acpi.reserved;
    expect([range!.gpa + range!.length, range!.type]).toEqual([16 * MIB, "acpi"]);
    expect(String.fromCharCode(...memory.bytes(0xe0000, 8))).toBe("RSD PTR ");
    const others = acpi.tables.filter((t) => t.signature !== "RSD PTR ");
    expect(others.every((t) => t.gpa >= range!.gpa && t.gpa + t.bytes.length <= 16 * MIB)).toBe(true);
    expect(thrown(() => installAcpi(FlatMemory.ofMiB(1), {})).code).toBe("ISG_BOOT_MEMORY_TOO_SMALL");
    expect(thrown(() => installAcpi(new FlatMemory([{ gpa: MIB, length: MIB }]), {})).code).toBe(
      "ISG_BOOT_MEMORY_TOO_SMALL",
    );
    expect(thrown(() => installAcpi(memory, { cpus: 255 })).code).toBe("ISG_BOOT_BAD_VALUE");
  });

  it("rotate the PCI interrupt pins over the four lines", () => {
    expect([1, 2, 3, 4, 5].map((slot) => pirqOf(slot, 0))).toEqual([0, 1, 2, 3, 0]);
    expect([0, 1, 2, 3].map((pin) => pirqOf(3, pin))).toEqual([2, 3, 0, 1]);
  });
});

describe("AML", () => {
  it.each<[number, number[]]>([
    [0, [0x00]],
    [1, [0x01]],
    [2, [0x0a, 2]],
    [0xff, [0x0a, 0xff]],
    [0x100, [0x0b, 0, 1]],
    [0x1_0000, [0x0c, 0, 0, 1, 0]],
    [0x1_0000_0002, [0x0e, 2, 0, 0, 0, 1, 0, 0, 0]],
  ])("encodes the integer %i in its shortest form", (value, bytes) => {
    expect([...aml.integer(value)]).toEqual(bytes);
  });

  it("compresses EISA identifiers as in the example of ACPI (PNP0A03 is 0x030AD041)", () => {
    expect([...aml.eisaId("PNP0A03")]).toEqual([0x0c, 0x41, 0xd0, 0x0a, 0x03]);
  });

  it("writes name paths with their prefixes", () => {
    const text = (s: string): number[] => [...new TextEncoder().encode(s)];
    expect([...aml.path("\\")]).toEqual([0x5c, 0]);
    expect([...aml.path("^A")]).toEqual(text("^A___"));
    expect([...aml.path("\\_SB.PCI0")]).toEqual([0x5c, 0x2e, ...text("_SB_PCI0")]);
    expect([...aml.path("A.B.C")]).toEqual([0x2f, 3, ...text("A___B___C___")]);
  });

  it("encodes package lengths of one to four bytes at their limits", () => {
    for (const [content, expected] of [
      [62, [0x3f]],
      [63, [0x41, 0x04]],
      [0xffd, [0x4f, 0xff]],
      [0xffe, [0x81, 0x00, 0x01]],
      [0xf_fffd, [0xc1, 0x00, 0x00, 0x01]],
    ] as const) {
      // A scope "\" costs two bytes of its content: the root path.
      const scope = aml.scope("\\", new Uint8Array(content - 2));
      expect([...scope.subarray(1, 1 + expected.length)]).toEqual([...expected]);
    }
  });

  it.skipIf(!iasl)("of every builder is what iasl reads", () => {
    const body = [
      aml.operationRegion("REG", "io", 0xae00, 0x20),
      aml.field("REG", [
        ["AAA", 8],
        [null, 70],
        ["BBB", 2],
      ]),
      aml.name("BUF", aml.buffer(Uint8Array.of(1, 2, 3))),
      aml.device(
        "DEV",
        aml.name("_HID", "ISG00001"),
        aml.name("_CRS", resourceTemplate(interrupt(20, { shared: true }))),
      ),
      aml.method(
        "TST",
        1,
        aml.store(aml.and(aml.arg(0), 0xff), aml.local(0)),
        aml.ifElse(aml.equal(aml.local(0), 3), [aml.returns("three")], [aml.returns(aml.or(1, aml.local(0)))]),
      ),
    ];
    const text = throughIasl(acpiTable("SSDT", 2, Buffer.concat(body)));
    expect(text).toContain("OperationRegion (REG, SystemIO, 0xAE00, 0x20)");
    expect(text).toMatch(/AAA,\s+8,\s+,\s+70,\s+BBB,\s+2/);
    expect(text).toContain("Interrupt (ResourceConsumer, Level, ActiveHigh, Shared, ,, )");
    expect(text).toMatch(
      /If \(\(Local0 == 0x03\)\)\s*\{\s*Return \("three"\)\s*\}\s*Else\s*\{\s*Return \(\(One \| Local0\)\)/,
    );
  });

  it("refuses what it cannot encode", () => {
    for (const action of [
      () => aml.path("toolong1"),
      () => aml.path("a"),
      () => aml.integer(-1),
      () => aml.eisaId("pnp"),
      () => aml.string("\0"),
      () => aml.pkg(...Array<number>(256).fill(0)),
    ]) {
      expect(thrown(action).code).toBe("ISG_BOOT_BAD_VALUE");
    }
  });
});

describe("MP table", () => {
  const words = (bytes: Uint8Array, at: number): number =>
    new DataView(bytes.buffer, bytes.byteOffset).getUint32(at, true);

  it("is found by its pointer, with sums of zero (MultiProcessor Specification 1.4, 4.1 and 4.2)", () => {
    const memory = FlatMemory.ofMiB(16);
    const { pointer } = installMpTable(memory);
    const start = memory.bytes(pointer, 16);
    expect(String.fromCharCode(...start.subarray(0, 4))).toBe("_MP_");
    expect([pointer % 16, start[8], start[9], sum(start), start[11]]).toEqual([0, 1, 4, 0, 0]);
    const at = words(start, 4);
    const header = memory.bytes(at, 44);
    expect(String.fromCharCode(...header.subarray(0, 4))).toBe("PCMP");
    const length = header[4]! | (header[5]! << 8);
    expect(sum(memory.bytes(at, length))).toBe(0);
    expect(words(header, 36)).toBe(0xfee0_0000);
  });

  it("has entries in ascending order of type, of the sizes that table 4-3 gives, as many as the header says", () => {
    const table = mpTable({ cpus: 2 });
    const types: number[] = [];
    for (let at = 44; at < table.length; at += table[at] === 0 ? 20 : 8) types.push(table[at]!);
    expect(types.length).toBe(table[34]! | (table[35]! << 8));
    expect(types).toEqual(types.toSorted((a, b) => a - b));
    expect(types.filter((t) => t < 3)).toEqual([0, 0, 1, 1, 2]);
    expect(types.filter((t) => t === 4)).toHaveLength(2);
  });

  it("routes the 8254 to input 2, PCI pins to the PIRQ lines, level-triggered, and no ISA interrupt to an input of PCI's", () => {
    const table = mpTable({});
    const routes: number[][] = [];
    for (let at = 44; at < table.length; at += table[at] === 0 ? 20 : 8)
      if (table[at] === 3) routes.push([...table.subarray(at + 1, at + 8)]);
    const isa = routes.filter(([, , , bus]) => bus === 1);
    expect(isa.map(([, , , , irq, , input]) => [irq, input])).toEqual(
      [0, 1, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15].map((irq) => [irq, irq === 0 ? 2 : irq]),
    );
    // Slot 3, pins A and B: lines C and D; INTI flags 0x000d are level-triggered and active high.
    expect(routes.filter(([, , , bus, irq]) => bus === 0 && (irq === 0x0c || irq === 0x0d))).toEqual([
      [0, 0x0d, 0, 0, 0x0c, 0, 11],
      [0, 0x0d, 0, 0, 0x0d, 0, 11],
    ]);
  });

  it("refuses more CPUs than there are ids, and a place without memory", () => {
    expect(thrown(() => mpTable({ cpus: 255 })).code).toBe("ISG_BOOT_BAD_VALUE");
    const memory = new FlatMemory([{ gpa: 0, length: 0xa0000 }]);
    expect(thrown(() => installMpTable(memory)).code).toBe("ISG_BOOT_MEMORY_TOO_SMALL");
  });
});

describe("SMBIOS", () => {
  it.each(["2.8", "3.0"] as const)("%s is read by dmidecode without a complaint", { skip: !dmidecode }, (version) => {
    const memory = FlatMemory.ofMiB(16);
    const { entryPoint } = installSmbios(memory, {
      memorySize: 40 * 1024 * MIB,
      cpus: 2,
      product: "Test board",
      version,
    });
    // A dump file has the entry point at 0 and the table address relative to the file.
    const dump = memory.bytes(entryPoint, 0x2000);
    const view = new DataView(dump.buffer);
    if (version === "3.0") view.setBigUint64(16, 32n, true);
    else view.setUint32(24, 32, true);
    const folder = mkdtempSync(join(tmpdir(), "isg-dmi-"));
    try {
      const [start, length, checksum] = version === "3.0" ? [0, 24, 5] : [16, 15, 21];
      dump[checksum] = 0;
      dump[checksum] = -sum(dump.subarray(start, start + length)) & 0xff;
      if (version === "2.8") {
        dump[4] = 0;
        dump[4] = -sum(dump.subarray(0, 31)) & 0xff;
      }
      writeFileSync(join(folder, "dump"), dump);
      const text = execFileSync("dmidecode", ["--from-dump", join(folder, "dump")], {
        encoding: "utf8",
        stdio: ["ignore", "pipe", "pipe"],
      });
      expect(text).not.toMatch(/BAD INDEX|OUT OF SPEC|broken|wrong|invalid|TRUNCATED/i);
      expect(text).toContain("Product Name: Test board");
      expect(text.match(/^Processor Information/gm)).toHaveLength(2);
      expect(text).toContain("Size: 40 GB");
      expect(text).toContain("System is a virtual machine");
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("has checksums of zero", () => {
    const memory = FlatMemory.ofMiB(16);
    installSmbios(memory, { memorySize: 16 * MIB, version: "2.8" });
    expect([sum(memory.bytes(0xf0000, 31)), sum(memory.bytes(0xf0010, 15))]).toEqual([0, 0]);
    installSmbios(memory, { memorySize: 16 * MIB });
    expect(sum(memory.bytes(0xf0000, 24))).toBe(0);
  });

  it("refuses more than fits and what it cannot say", () => {
    const memory = FlatMemory.ofMiB(16);
    expect(thrown(() => installSmbios(memory, { memorySize: 16 * MIB, cpus: 5000 })).code).toBe("ISG_BOOT_BAD_VALUE");
    expect(thrown(() => installSmbios(memory, { memorySize: 16 * MIB, serial: "" })).code).toBe("ISG_BOOT_BAD_VALUE");
    expect(thrown(() => installSmbios(new FlatMemory([{ gpa: 0, length: 0xa0000 }]), { memorySize: MIB })).code).toBe(
      "ISG_BOOT_MEMORY_TOO_SMALL",
    );
  });
});
