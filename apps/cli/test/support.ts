import { spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { assemble } from "@isinglass/isa-x86";
import { vi } from "vitest";
import { runCommandLine } from "../src/command-line.js";

/** The built command: what a user starts. */
export const MAIN: string = fileURLToPath(new URL("../dist/main.js", import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs a command line in this process: the same code as the program's, without the half second that it takes to start. For commands
 * that read no stdin.
 */
export async function isg(args: readonly string[]): Promise<Outcome> {
  let stdout = "";
  let stderr = "";
  const out = vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    stdout += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1");
    return true;
  });
  const err = vi.spyOn(process.stderr, "write").mockImplementation((chunk) => {
    stderr += typeof chunk === "string" ? chunk : Buffer.from(chunk).toString("latin1");
    return true;
  });
  try {
    const code = await runCommandLine(args);
    return { code, stdout, stderr };
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
}

/** Runs `isg` as a program, without a terminal. */
export function start(
  args: readonly string[],
  options: { readonly input?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...process.env, ...options.env },
      timeout: 60_000,
    });
    let stdout = "";
    let stderr = "";
    child.stdout.on("data", (chunk: Buffer) => (stdout += chunk.toString("latin1")));
    child.stderr.on("data", (chunk: Buffer) => (stderr += chunk.toString("latin1")));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, stdout, stderr }));
    child.stdin.on("error", () => undefined);
    child.stdin.end(options.input ?? "");
  });
}

/** A folder for the files of one test file. */
export class Scratch {
  readonly folder: string = mkdtempSync(join(tmpdir(), "isinglass-cli-"));

  file(name: string, content: Uint8Array | string): string {
    const path = join(this.folder, name);
    writeFileSync(path, content);
    return path;
  }

  /** A shell script that can be started. */
  script(name: string, body: string): string {
    const path = this.file(name, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  }

  /** Names of the files in the folder. */
  list(): string[] {
    return readdirSync(this.folder);
  }

  remove(): void {
    rmSync(this.folder, { recursive: true });
  }
}

/** A flat Multiboot kernel (specification 0.6.96, 3.1) that runs `code` in 32-bit protected mode. */
export function tinyKernel(code: string): Uint8Array {
  const header = `
header: dd 0x1badb002, 0x00010000, -(0x1badb002 + 0x00010000)
  dd header, header, 0, 0, entry
entry:
`;
  return assemble(header + code, { mode: 32, origin: 0x100000n }).bytes;
}

/**
 * The first sectors of a bzImage of protocol 2.15 (Documentation/arch/x86/boot.rst) that says of itself that it has `claimed` bytes of
 * kernel, and has `actual`.
 */
export function bzImage(claimed: number, actual: number): Uint8Array {
  const bytes = new Uint8Array(1024 + actual);
  const view = new DataView(bytes.buffer);
  bytes[0x1f1] = 1; // setup_sects
  view.setUint32(0x1f4, Math.ceil(claimed / 16), true); // syssize
  view.setUint16(0x1fe, 0xaa55, true);
  view.setUint16(0x200, 0x66eb, true);
  view.setUint32(0x202, 0x53726448, true); // "HdrS"
  view.setUint16(0x206, 0x20f, true);
  bytes[0x211] = 1; // LOADED_HIGH
  view.setUint32(0x214, 0x100000, true); // code32_start
  view.setUint32(0x22c, 0x7fffffff, true); // initrd_addr_max
  view.setUint32(0x230, 0x200000, true); // kernel_alignment
  bytes[0x234] = 1; // relocatable_kernel
  view.setUint16(0x236, 1, true); // XLF_KERNEL_64
  view.setUint32(0x238, 2047, true); // cmdline_size
  view.setBigUint64(0x258, 0x1000000n, true); // pref_address
  view.setUint32(0x260, 0x100000, true); // init_size
  return bytes;
}
