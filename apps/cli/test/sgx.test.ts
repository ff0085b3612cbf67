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

describe("isg sgx", () => {
  it("measures a stream", async () => {
    const { code, stdout } = await isg(["sgx", "measure", sgxs]);
    expect([code, stdout]).toEqual([0, `${createHash("sha256").update(stream).digest("hex")}\n`]);
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

  it.each([
    [["sgx"], /measure FILE, or inspect FILE/],
    [["sgx", "measure", scratch.file("text", "x")], /neither an SGX stream nor an ELF file with an enclave/],
    [["sgx", "measure", scratch.file("alone.sig", signed.bytes)], /SIGSTRUCT, which cannot be measured/],
    [
      ["sgx", "measure", scratch.file("alone.sig", signed.bytes), "--json"],
      /measure: --json is not for this; there is none/,
    ],
  ])("%j is one clear line", async (args, message) => {
    const { code, stdout, stderr } = await isg(args);
    expect(code === 1 || code === 2).toBe(true);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
  });
});
