import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { toPem } from "../../src/index.js";

/** Whether OpenSSL's command is there to check what we made. */
export function haveOpenssl(): boolean {
  return requireOracle("openssl", hasCommand("openssl"));
}

type Files = Readonly<Record<string, string | Uint8Array>>;
type Outcome = { code: number | null; output: string };

/** Runs a command line in a folder with these files. @returns exit code and output */
export function runWith(command: readonly string[], files: Files): Outcome {
  const folder = mkdtempSync(join(tmpdir(), "isinglass-enclave-"));
  try {
    for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
    const [program = "", ...args] = command;
    const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: "utf8" });
    return { code: status, output: stdout + stderr };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function openssl(args: readonly string[], files: Files): Outcome {
  return runWith(["openssl", ...args], files);
}

/** What OpenSSL says of a chain, leaf first, at a time. */
export function opensslVerify(chain: readonly Uint8Array[], now: number): { code: number | null; output: string } {
  const pem = (one: Uint8Array): string => toPem(one, "CERTIFICATE");
  const files = { root: pem(chain.at(-1)!), middle: chain.slice(1, -1).map(pem).join(""), leaf: pem(chain[0]!) };
  const when = ["-attime", String(Math.floor(now / 1000))];
  return openssl(["verify", ...when, "-CAfile", "root", "-untrusted", "middle", "leaf"], files);
}

/** Whether OpenSSL finds that the key of a certificate made a DER signature over data. */
export function opensslChecks(certificate: Uint8Array, hash: string, data: Uint8Array, signature: Uint8Array): boolean {
  const key = openssl(["x509", "-in", "leaf", "-pubkey", "-noout"], { leaf: toPem(certificate, "CERTIFICATE") }).output;
  return (
    openssl(["dgst", `-${hash}`, "-verify", "key", "-signature", "signature", "data"], { key, data, signature })
      .code === 0
  );
}
