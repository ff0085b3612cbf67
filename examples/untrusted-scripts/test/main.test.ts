import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { requireOracle } from "@isinglass/testkit";
import { expect, it } from "vitest";

const main = fileURLToPath(new URL("../dist/main.js", import.meta.url));
const kernel = process.env["ISG_TEST_KERNEL"] ?? "";
const busybox = process.env["ISG_TEST_BUSYBOX"] ?? "/bin/busybox";
const available = requireOracle(
  "a Linux kernel (ISG_TEST_KERNEL) and a static busybox, for the example of untrusted scripts",
  existsSync(kernel) && existsSync(busybox),
);

it("says how it is called", async () => {
  await expect(promisify(execFile)(process.execPath, [main])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining("usage:"),
  });
});

it.each<[what: string, args: string[], message: RegExp]>([
  ["a missing kernel", ["/nope"], /^untrusted-scripts: kernel \/nope: no such file\n$/],
  ["a folder as kernel", ["/"], /^untrusted-scripts: kernel \/: no such file\n$/],
  ["a missing busybox", [main, "/nope"], /^untrusted-scripts: busybox \/nope: no such file\n$/],
  ["a file that is no program", [main, main], /^untrusted-scripts: .*does not begin as an ELF file.*\n$/],
  ["a program that needs a loader", [main, process.execPath], /^untrusted-scripts: .*static.*\n$/],
])("%s is one line", async (_what, args, message) => {
  await expect(promisify(execFile)(process.execPath, [main, ...args])).rejects.toMatchObject({
    code: 1,
    stdout: "",
    stderr: expect.stringMatching(message),
  });
});

it.runIf(available)("runs scripts in clean copies, and stops what would not end", { timeout: 400_000 }, async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [main, kernel, busybox, "10"]);
  // 0 + 1 + … + n, n², the MD5 of "2\n" by md5sum(1).
  expect(stdout).toContain('echo $((0 * 0))  →  exit 0, "0"');
  expect(stdout).toContain('exit 0, "26ab0db90d72e28ad0ba1e22ee510510  -"');
  expect(stdout).toMatch(/endless loop: ISG_EXEC_TIMEOUT/);
  expect(stdout).toMatch(/endless loop: ISG_EXEC_INSTRUCTION_LIMIT/);
  expect(stdout).toMatch(/fork bomb: ISG_EXEC_TIMEOUT/);
  expect(stdout).toMatch(/memory hog: ISG_EXEC_MEMORY_LIMIT/);
  expect(stdout).toMatch(/endless output: ISG_EXEC_OUTPUT_LIMIT after 65536 bytes/);
  expect(stdout).toMatch(/power switch: ISG_MACHINE_STOPPED/);
  expect(stdout).toContain('afterwards: exit 0, "fine"');
});
