import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Random, fuzzSeed, hasCommand, requireOracle } from "@isinglass/testkit";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { emptyQcow2 } from "../src/index.js";
import { copyToQcow2, openQcow2File } from "../src/node/index.js";

const qemu = requireOracle("qemu-img", hasCommand("qemu-img"));

let folder = "";
let path = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "isg-qcow2-new-"));
  path = join(folder, "disk.qcow2");
});
afterEach(() => rmSync(folder, { recursive: true }));

describe.runIf(qemu)("a new qcow2 image", () => {
  it.each([512, 2 ** 29, 2 ** 29 + 512, 2 ** 42])("of %i bytes is whole and has that size, as QEMU sees it", (size) => {
    writeFileSync(path, emptyQcow2(size));
    expect(spawnSync("qemu-img", ["check", "-q", "-f", "qcow2", path]).status).toBe(0);
    const info = JSON.parse(execFileSync("qemu-img", ["info", "--output=json", path], { encoding: "utf8" })) as {
      "virtual-size": number;
    };
    expect(info["virtual-size"]).toBe(size);
    const disk = openQcow2File(path);
    disk.write(size - 512, new Uint8Array(512).fill(7));
    disk.close();
    expect(spawnSync("qemu-img", ["check", "-q", "-f", "qcow2", path]).status).toBe(0);
  });

  it("of a raw one has its contents, and no room for what is zero", () => {
    const random = new Random(fuzzSeed("copy to qcow2"));
    const raw = join(folder, "disk.raw");
    const bytes = new Uint8Array(100 * 65536 - 512);
    for (let i = 0; i < 20; i += 1)
      bytes.set(random.bytes(1 + random.below(70_000)), random.below(bytes.length - 70_000));
    bytes.set(random.bytes(512), bytes.length - 512);
    writeFileSync(raw, bytes);
    copyToQcow2(raw, path);
    expect(spawnSync("qemu-img", ["check", "-q", "-f", "qcow2", path]).status).toBe(0);
    expect(spawnSync("qemu-img", ["compare", "-f", "raw", "-F", "qcow2", raw, path]).status).toBe(0);
    expect(statSync(path).size).toBeLessThan(bytes.length);
    expect(() => copyToQcow2(raw, path)).toThrow(/EEXIST/);
  });
});

describe("a qcow2 image that cannot be made", () => {
  it.each([0, -512, 1000, 2 ** 42 + 512, Number.NaN])("of %d bytes is refused", (size) => {
    expect(() => emptyQcow2(size)).toThrow(/a multiple of 512 up to 4398046511104 is right/);
  });
});
