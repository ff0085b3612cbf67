import { buildEif } from "@isinglass/enclave";
import { afterAll, describe, expect, it } from "vitest";
import { Scratch, isg } from "./support.js";

const scratch = new Scratch();
afterAll(() => scratch.remove());
const image = buildEif({ sections: [{ type: "kernel", data: new Uint8Array(64) }] });
const good = scratch.file("good.eif", image);

describe("isg nitro measure", () => {
  it("prints PCRs, and what the image is made of", async () => {
    const { code, stdout } = await isg(["nitro", "measure", good, "--sections"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^version 4, x86_64, 512 MiB, 2 CPUs\nkernel +64 bytes at 548\nCRC [0-9a-f]{8} is right\nPCR0: [0-9a-f]{96}\n/,
    );
    const { PCR0, PCR1 } = JSON.parse((await isg(["nitro", "measure", good, "--json"])).stdout) as Record<
      string,
      string
    >;
    expect(PCR0).toBe(PCR1);
  });

  it.each<[string[], RegExp, number]>([
    [["nitro"], /measure FILE/, 2],
    [["nitro", "measure", scratch.file("short", "x")], /1 bytes; its header alone has 548/, 1],
    [["nitro", "measure", scratch.file("other", new Uint8Array(600))], /does not begin with "\.eif"/, 1],
  ])("%j is one clear line", async (args, message, exit) => {
    const { code, stdout, stderr } = await isg(args);
    expect([code, stdout]).toEqual([exit, ""]);
    expect(stderr).toMatch(message);
  });

  it("says that a file was changed", async () => {
    const changed = image.slice();
    changed[580]! ^= 1;
    const { code, stderr } = await isg(["nitro", "measure", scratch.file("changed.eif", changed)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/CRC in its header is not that of the file/);
  });
});
