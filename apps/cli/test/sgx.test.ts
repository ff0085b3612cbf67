import { createHash, generateKeyPairSync } from "node:crypto";
import { SIGSTRUCT, Structure, signSigstruct } from "@isinglass/enclave";
import { afterAll, describe, expect, it } from "vitest";
import { Scratch, isg } from "./support.js";

const scratch = new Scratch();
afterAll(() => scratch.remove());
const stream = Buffer.from("ECREATE".padEnd(64, "\0"));
const sgxs = scratch.file("enclave.sgxs", stream);
const jwk = generateKeyPairSync("rsa", { modulusLength: 3072, publicExponent: 3 }).privateKey.export({ format: "jwk" });
const number = (name: "n" | "e" | "d" | "p" | "q"): Uint8Array =>
  new Uint8Array(Buffer.from(String(jwk[name]), "base64url"));
const key = { n: number("n"), e: number("e"), d: number("d"), p: number("p"), q: number("q") };
const signed = signSigstruct(new Structure(SIGSTRUCT), key);

/** An ELF file of no kit that is known, with something in it. */
function elf(contents: Uint8Array): string {
  const head = Buffer.alloc(64);
  head.write("\x7fELF\x02\x01\x01", "latin1");
  head.writeUInt16LE(3, 16);
  head.writeUInt16LE(62, 18);
  head.writeUInt32LE(1, 20);
  head.writeUInt16LE(64, 52);
  head.writeUInt16LE(56, 54);
  head.writeUInt16LE(64, 58);
  return scratch.file("other.so", Buffer.concat([head, contents]));
}

describe("isg sgx", () => {
  it("measures a stream", async () => {
    const { code, stdout } = await isg(["sgx", "measure", sgxs]);
    expect([code, stdout]).toEqual([0, `${createHash("sha256").update(stream).digest("hex")}\n`]);
  });

  it("refuses an enclave larger than a limit, and says which option raises it", async () => {
    const two = Buffer.concat([stream, Buffer.from("EADD".padEnd(64, "\0")), Buffer.from("EADD".padEnd(64, "\0"))]);
    const large = scratch.file("large.sgxs", two);
    const { code, stderr } = await isg(["sgx", "measure", large, "--most-pages", "1"]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/2 pages and more; the limit `pages` is 1, and may be set higher with --most-pages N/);
    expect((await isg(["sgx", "measure", large, "--most-pages", "2"])).code).toBe(0);
    expect((await isg(["sgx", "inspect", large, "--most-measured", "0"])).code).toBe(2);
  });

  it("shows and verifies a SIGSTRUCT, and says with its exit code if it is wrong", async () => {
    const { code, stdout } = await isg(["sgx", "inspect", scratch.file("good.sig", signed.bytes)]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^MRSIGNER: [0-9a-f]{64}$/m);
    expect(stdout).toMatch(/^0x03c0\+32 +sigstruct\.enclavehash/m);
    const changed = signed.bytes.slice();
    changed[970]! ^= 1;
    const bad = await isg(["sgx", "inspect", scratch.file("bad.sig", changed), "--json"]);
    expect(bad.code).toBe(10);
    expect(bad.stdout).toMatch(/"sigstruct\.signature","passed":false/);
  });

  it("refuses a file that nobody signed, a SIGSTRUCT of another enclave, and one of zeros, by name", async () => {
    const none = await isg(["sgx", "inspect", sgxs]);
    expect(none.code).toBe(10);
    expect(none.stdout).toMatch(/^FAILED file\.sigstruct: .*no SIGSTRUCT/m);
    expect(none.stdout).toMatch(/^sgx-file: refused: file\.sigstruct$/m);
    const zeroed = await isg(["sgx", "inspect", scratch.file("zero.sig", new Uint8Array(1808))]);
    expect(zeroed.code).toBe(1);
    expect(zeroed.stderr).toMatch(/neither an SGX stream nor an ELF file with an enclave/);
    // A stream with a measured page that holds somebody else's SIGSTRUCT.
    const other = await isg(["sgx", "inspect", elf(signed.bytes), "--json"]);
    expect(other.code).toBe(0);
    expect(JSON.parse(other.stdout)).toMatchObject({
      verdict: {
        accepted: true,
        checks: [{ name: "file.sigstruct", passed: true }],
        notChecked: [{ name: "file.mrenclave" }, { name: "file.signer" }],
      },
    });
  });

  it.each<[string[], RegExp, number]>([
    [["sgx"], /measure FILE, or inspect FILE/, 2],
    [["sgx", "measure", scratch.file("text", "x")], /neither an SGX stream nor an ELF file with an enclave/, 1],
    [["sgx", "measure", scratch.file("alone.sig", signed.bytes)], /SIGSTRUCT, which cannot be measured/, 1],
    [
      ["sgx", "measure", scratch.file("alone.sig", signed.bytes), "--json"],
      /measure: --json is not for this; there are --most-pages, --most-measured, --most-image/,
      2,
    ],
  ])("%j is one clear line", async (args, message, exit) => {
    const { code, stdout, stderr } = await isg(args);
    expect([code, stdout]).toEqual([exit, ""]);
    expect(stderr).toMatch(message);
  });
});
