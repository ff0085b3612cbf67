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

  it.each([
    ["", /not JSON/],
    ["[]", /format/],
    ["null", /not an object/],
    ['{"format":"isinglass-launch-1"}', /digest/],
    [JSON.stringify({ ...record, steps: [1] }), /list of steps/],
    [JSON.stringify({ ...record, firmware: {} }), /no firmware/],
  ])("cannot be said of what is no record: %j", (text, message) => {
    expect(() => parseLaunchRecord(text)).toThrow(message);
  });
});
