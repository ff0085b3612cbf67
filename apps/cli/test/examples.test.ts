import { spawn, spawnSync } from "node:child_process";
import { readFileSync, symlinkSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildEif } from "@isinglass/enclave";
import { hasCommand, requireOracle } from "@isinglass/testkit";
import { MAIN, type Outcome, Scratch, isg, tinyKernel } from "./support.js";

// The examples as a user types them: in bash, in a folder with the files that they name, with nothing on PATH but isg and QEMU. Without apt-get,
// `isg boot debian` boots the built-in guest.
const QEMU = "qemu-system-x86_64";
const hasQemu = requireOracle(`QEMU (${QEMU})`, hasCommand(QEMU));
const hasBash = hasCommand("bash");

const where = (name: string): string =>
  spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();

const scratch = new Scratch();
const bin = new Scratch();
afterAll(() => {
  scratch.remove();
  bin.remove();
});
beforeAll(() => {
  bin.script("isg", `exec "${process.execPath}" "${MAIN}" "$@"`);
  if (hasQemu) symlinkSync(where(QEMU), `${bin.folder}/${QEMU}`);
  scratch.file("bzImage", tinyKernel("mov dx, 0x604\nmov ax, 0x2000\nout dx, ax\nhlt"));
  scratch.file("enclave.sgxs", Buffer.from("ECREATE".padEnd(64, "\0")));
  scratch.file("enclave.eif", buildEif({ sections: [{ type: "kernel", data: new Uint8Array(64) }] }));
  scratch.file("report.bin", new Uint8Array(1184).fill(2, 0, 1));
  scratch.file("OVMF.fd", new Uint8Array(8192));
  scratch.file("root.cpio.gz", new Uint8Array(512));
});

function inBash(line: string, folder: string = scratch.folder): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(where("bash"), ["--norc", "-c", line], {
      cwd: folder,
      env: { PATH: bin.folder, HOME: folder },
      timeout: 60_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("latin1")));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("latin1")));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.end();
  });
}

async function section(title: string): Promise<string[]> {
  const { stdout } = await isg(["--help"]);
  const lines = stdout.split("\n");
  const begin = lines.indexOf(title);
  return lines.slice(begin + 1, lines.indexOf("", begin)).map((line) => line.trim());
}

/** Those of the help page, one for each command. */
const examples = await section("Examples");

describe("isg --help", () => {
  it("has one example for each command, which is in the command's own help too", async () => {
    const commands = (await section("Commands")).map((line) => line.split(" ")[0]!);
    expect(commands.length).toBeGreaterThanOrEqual(8);
    expect(examples.map((line) => /\bisg (\w+)/.exec(line)?.[1])).toEqual(commands);
    for (const [i, name] of commands.entries())
      expect((await isg([name, "--help"])).stdout).toContain(`\nExample\n  ${examples[i]}\n`);
  });

  /** What the output of an example has; of others, a word. */
  const SHOWS: Readonly<Record<string, RegExp>> = {
    run: /^speed .*MIPS/m,
    boot: /no apt-get on PATH[^]*Isinglass built-in guest|Isinglass built-in guest[^]*no apt-get on PATH/,
    exec: /"stop": "hlt"/,
    trace: /^2 instructions: registers equal after each before the HLT/,
    disasm: /add +rax,rcx/,
    uops: /; imul +rax,rcx/,
    jit: /region at 0x1000: 4 instructions in 2 blocks/,
    isa: /^vmx +\d+ +\d+ +0 /m,
    vuln: /^vulnerability /m,
    snp: /^[0-9a-f]{96}$/m,
    sgx: /^[0-9a-f]{64}$/m,
    nitro: /^PCR0: [0-9a-f]{96}$/m,
    attest: /report\.measurement/,
    doctor: /^Node +v/m,
    completion: /^$/,
  };
  it.runIf(hasBash).each(examples)("%s", async (example) => {
    const name = /\bisg (\w+)/.exec(example)![1]!;
    if (name === "trace" && !hasQemu) return;
    const { code, stdout, stderr } = await inBash(example);
    expect(stdout + stderr).toMatch(SHOWS[name] ?? /\w/);
    expect(code).toBe(0);
  });

  it.runIf(hasBash)("the example of completion completes", async () => {
    const { stdout } = await inBash(
      `${examples.at(-1)}; COMP_WORDS=(isg tr); COMP_CWORD=1; _isg; echo "\${COMPREPLY[@]}"`,
    );
    expect(stdout).toBe("trace\n");
  });
});

/** Commands of the block of shell code in a document that has `marker` in it, as they stand there. */
function commandsOf(document: string, marker: string): string[] {
  const text = readFileSync(new URL(`../../../${document}`, import.meta.url), "utf8");
  const block = [...text.matchAll(/```sh\n([^]*?)```/g)].map(([, code]) => code!).find((code) => code.includes(marker));
  return (block ?? "").split("\n").filter((line) => /\bisg /.test(line));
}

/** Without its comment. */
const bare = (line: string): string => line.replace(/ +#.*/, "");

/** Ends that an example may have: done, and the limit that it asks for. */
const ENDS = [0, 7];

describe.runIf(hasBash)("the documents' commands run as they stand there", () => {
  it.each<[document: string, marker: string, least: number, kernel: string]>([
    // A loop that becomes hot.
    ["apps/cli/README.md", "isg boot debian", 15, "mov ecx, 90000\nagain: add eax, ecx\ndec ecx\njnz again\n"],
    ["docs/getting-started.md", "isg doctor", 13, ""],
  ])("of %s", { timeout: 120_000 }, async (document, marker, least, kernel) => {
    const folder = new Scratch();
    try {
      folder.file("bzImage", tinyKernel(`${kernel}mov dx, 0x604\nmov ax, 0x2000\nout dx, ax\nhlt`));
      folder.file("root.cpio.gz", new Uint8Array(512));
      folder.file("disk.img", new Uint8Array(65536));
      folder.file("System.map", "00100020 T start\n");
      const commands = commandsOf(document, marker);
      expect(commands.length).toBeGreaterThanOrEqual(least);
      // Run already: the examples of isg --help, and by other tests. What the text says how to make. Seven seconds, of which tiers.test.ts takes a part.
      const others = new Set([
        ...(await section("Examples")),
        "isg boot builtin",
        "isg --help",
        "isg run --restore FILE",
      ]);
      // Firmware, enclaves and attestation documents: other tests make them.
      const ofEnclaves = /^isg (snp|sgx|nitro|attest) /;
      const left = commands.filter(
        (line) =>
          !others.has(bare(line)) &&
          !ofEnclaves.test(line) &&
          !line.includes("--verify") &&
          // With mmdebstrap: debian-root.test.ts and bench/debian-disk.mjs.
          !line.includes("--create") &&
          (hasQemu || !line.includes("qemu")),
      );
      for (const command of left) {
        // oxlint-disable-next-line no-await-in-loop -- the next one may need what this one saves
        const { code, stderr } = await inBash(command, folder.folder);
        expect.soft(ENDS.includes(code ?? -1) ? "" : `${command}: ${code} ${stderr}`).toBe("");
      }
    } finally {
      folder.remove();
    }
  });
});
