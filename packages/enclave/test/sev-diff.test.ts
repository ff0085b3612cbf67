import { toHex } from "@isinglass/crypto";
import { nodeCrypto } from "@isinglass/crypto/node";
import { describe, expect, it } from "vitest";
import {
  type LaunchOptions,
  VMSA,
  diffLaunches,
  differenceText,
  measureLaunch,
  parseLaunchRecord,
  recordLaunch,
  signatureOf,
} from "../src/index.js";
import { SECTIONS, makeFirmware } from "./support/firmware.js";

const utf8 = new TextEncoder();
const base: LaunchOptions = {
  mode: "snp",
  firmware: makeFirmware({ pages: 64 }),
  boot: { kernel: utf8.encode("kernel"), initrd: utf8.encode("initrd"), append: "console=ttyS0" },
  vcpus: 4,
  signature: signatureOf("EPYC-Milan"),
  vmm: "qemu",
};

type Case = readonly [what: string, options: LaunchOptions, kind: string, item: RegExp];

/** Each changes one thing, and names the difference that has to be among those found. */
function cases(): Case[] {
  const out: Case[] = [];
  const add = (what: string, change: Partial<LaunchOptions>, kind: string, item: RegExp): void => {
    out.push([what, { ...base, ...change }, kind, item]);
  };
  for (let page = 0; page < 63; page += 1) {
    const firmware = base.firmware.slice();
    firmware[4096 * page + ((page * 613) % 4096)]! ^= 1 << (page & 7);
    const gpa = (2 ** 32 - firmware.length + 4096 * page).toString(16);
    add(`firmware page ${page}`, { firmware }, "page", new RegExp(`^firmware, page ${page} at 0x${gpa} contents$`));
  }
  SECTIONS.forEach(([gpa, size, type], i) => {
    const change = (to: readonly [number, number, number], part: string): void => {
      const sections = SECTIONS.map((section, j) => (i === j ? to : section));
      add(
        `section ${i} ${part}`,
        { firmware: makeFirmware({ pages: 64, sections }) },
        "section",
        new RegExp(`\\(number ${i}\\) ${part}$`),
      );
    };
    change([gpa + 0x10_0000, size, type], "gpa");
    if (type === 1) change([gpa, size + 4096, type], "size");
    if (type === 1) change([gpa, size, 4], "type");
  });
  for (const vcpus of [1, 2, 3, 5, 8, 16, 64]) add(`${vcpus} vCPUs`, { vcpus }, "argument", /^vcpus$/);
  for (const type of ["EPYC", "EPYC-Rome", "EPYC-Genoa", "EPYC-Turin"])
    add(type, { signature: signatureOf(type) }, "argument", /^vcpu-signature$/);
  for (const vmm of ["ec2", "gce"] as const) add(vmm, { vmm }, "argument", /^vmm$/);
  for (let bit = 1; bit < 32; bit += 1)
    add(`feature ${bit}`, { features: 1n | (1n << BigInt(bit)) }, "argument", /^guest-features$/);
  for (const append of ["", "console=ttyS0 ", "console=ttyS1", "console=ttyS0\n", "quiet"])
    add(`append ${append}`, { boot: { ...base.boot!, append } }, "argument", /^append$/);
  for (let i = 0; i < 6; i += 1) {
    const kernel = base.boot!.kernel.slice();
    kernel[i]! ^= 1;
    add(`kernel byte ${i}`, { boot: { ...base.boot!, kernel } }, "kernel hash", /^kernel$/);
    const initrd = base.boot!.initrd!.slice();
    initrd[i]! ^= 1;
    add(`initrd byte ${i}`, { boot: { ...base.boot!, initrd } }, "kernel hash", /^initrd$/);
  }
  const { boot: _boot, ...bare } = base;
  out.push(["no kernel", bare, "argument", /^kernel$/]);
  const firmware = makeFirmware({ pages: 64, resetEip: 0x80_b104 });
  add("another reset vector", { firmware }, "vmsa", /^rip of the further vCPUs$/);
  add("a larger firmware", { firmware: makeFirmware({ pages: 65 }) }, "firmware", /^size$/);
  for (const field of VMSA.fields)
    if (field.kind === "number") {
      const name = field.name.replaceAll(".", "\\.");
      add(`VMSA ${field.name}`, { vmsa: { [field.name]: 0x5n } }, "vmsa", new RegExp(`^${name} of the first vCPU$`));
    }
  return out;
}

describe("what makes two launch digests differ", () => {
  const first = measureLaunch(base, nodeCrypto);
  const record = recordLaunch(base, first);
  const all = cases();

  it("is tried on at least 200 changes of one thing", () => {
    expect(all.length).toBeGreaterThanOrEqual(200);
  });

  it.each(all)("names %s", (_what, options, kind, item) => {
    const launch = measureLaunch(options, nodeCrypto);
    expect(toHex(launch.digest)).not.toBe(record.digest);
    const found = diffLaunches(record, parseLaunchRecord(JSON.stringify(recordLaunch(options, launch))));
    expect(found.filter((one) => one.kind === kind && item.test(one.item)).length).toBe(1);
    // Nothing of another origin: a changed page leaves the save areas alone, and the other way round.
    if (kind === "page") expect(found.length).toBe(1);
    if (kind === "vmsa" && options.firmware === base.firmware)
      expect(found.every((one) => one.kind === "vmsa")).toBe(true);
  });

  it("is nothing where nothing differs", () => {
    expect(diffLaunches(record, record)).toEqual([]);
    expect(differenceText(record, record)).toEqual(["the digests and all that went into them are equal"]);
    expect(differenceText(record, { ...record, digest: "00" })[0]).toMatch(/records were changed/);
  });

  const broken: readonly (readonly [string, RegExp])[] = [
    ["", /not JSON/],
    ["[]", /format/],
    ["null", /not an object/],
    ['{"format":"isinglass-launch-1"}', /digest/],
    [JSON.stringify({ ...record, steps: [1] }), /list of steps/],
    [JSON.stringify({ ...record, firmware: {} }), /no firmware/],
    [JSON.stringify({ ...record, firmware: { ...record.firmware, size: "1" } }), /no firmware/],
    [JSON.stringify({ ...record, firmware: { size: 1, sections: [{ type: 1, gpa: "0x0", size: 1 }] } }), /a section/],
    [JSON.stringify({ ...record, firmware: { size: 1, sections: [{ type: "CPUID" }] } }), /a section/],
    [JSON.stringify({ ...record, arguments: [] }), /no arguments/],
    [JSON.stringify({ ...record, arguments: { vcpus: { toString: 1 } } }), /no arguments/],
    [JSON.stringify({ ...record, steps: [{ type: "normal" }] }), /list of steps/],
    [JSON.stringify({ ...record, steps: [{ ...record.steps[0], contents: "ab" }] }), /list of steps/],
    [JSON.stringify({ ...record, steps: [{ ...record.steps[0], gpa: "0x1ffffffffffffffff" }] }), /list of steps/],
    [JSON.stringify({ ...record, steps: [{ ...record.steps[0], type: "constructor" }] }), /list of steps/],
    [JSON.stringify({ ...record, vmsas: [[1]] }), /list of save areas/],
    [JSON.stringify({ ...record, kernelHashes: [] }), /kernel hashes/],
    [JSON.stringify({ ...record, digest: "00".repeat(48) }), /its steps lead to [0-9a-f]{96}, not to its digest/],
    [JSON.stringify({ ...record, steps: record.steps.slice(1) }), /not to its digest/],
    [JSON.stringify({ ...record, digest: "00".repeat(32) }), /not of a kind with its digest/],
  ];

  it.each(broken.map(([text, message], i) => [i, message, text] as const))(
    "cannot be said of what is no record: %i, %s",
    (_i, message, text) => {
      expect(() => parseLaunchRecord(text)).toThrow(message);
    },
  );

  it("is also of a launch whose firmware's digest was known, and of plain SEV", () => {
    for (const options of [
      { ...base, boot: undefined as never, firmwareDigest: new Uint8Array(48).fill(7) },
      { ...base, mode: "sev" as const, boot: undefined as never },
    ]) {
      const one = recordLaunch(options, measureLaunch(options, nodeCrypto));
      expect(parseLaunchRecord(JSON.stringify(one))).toEqual(one);
    }
  });

  it("is not what every object has, nor hidden by a page that comes twice", () => {
    const named = { ...record, arguments: { ...record.arguments, constructor: "x" } };
    expect(diffLaunches(record, named)).toEqual([{ kind: "argument", item: "constructor", a: "none", b: "x" }]);
    const save = { ...record, vmsas: [{ ...record.vmsas[0]!, valueOf: "0x1" }, ...record.vmsas.slice(1)] };
    expect(diffLaunches(record, save)[0]).toMatchObject({ kind: "vmsa", a: "0x0", b: "0x1" });
    const [first0] = record.steps;
    const twice = { ...record, steps: [{ ...first0!, contents: "00".repeat(48) }, ...record.steps] };
    expect(diffLaunches(record, twice).filter(({ kind }) => kind === "page").length).toBeGreaterThan(0);
  });
});
