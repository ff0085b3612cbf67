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
    expect(stdout).toMatch(
      /^NOT CHECKED image\.signature: there is none.*\nnitro-image: accepted, with 1 things not checked$/m,
    );
    const json = JSON.parse((await isg(["nitro", "measure", good, "--json"])).stdout) as Record<string, unknown>;
    expect(json["PCR0"]).toBe(json["PCR1"]);
    expect(json["verdict"]).toMatchObject({ accepted: true, notChecked: [{ name: "image.signature" }] });
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

  it("refuses a file larger than the limit, and says which option raises it", async () => {
    const { code, stderr } = await isg(["nitro", "measure", good, "--most-bytes", "600"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/624 bytes; the limit `bytes` is 600, and may be set higher with --most-bytes N/);
  });

  it("says that an image's signature is wrong, after its PCRs", async () => {
    const data = Uint8Array.of(0x81, 0xa0);
    const signed = buildEif({ sections: [{ type: "signature", data }] });
    const { code, stderr } = await isg(["nitro", "measure", scratch.file("signed.eif", signed)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/its signature section has no signing certificate/);
  });

  it("says that a file was changed", async () => {
    const changed = image.slice();
    changed[580]! ^= 1;
    const { code, stderr } = await isg(["nitro", "measure", scratch.file("changed.eif", changed)]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/CRC in its header is not that of the file/);
  });
});
