import { readFileSync } from "node:fs";
import { afterAll, describe, expect, it } from "vitest";
import { Scratch, isg } from "./support.js";

const scratch = new Scratch();
afterAll(() => scratch.remove());
const bytes = new Uint8Array(1184).fill(2, 0, 1);
const report = scratch.file("report.bin", bytes);
const hex = scratch.file("report.hex", Buffer.from(bytes).toString("hex"));

describe("isg attest", () => {
  it("explains every field as text, JSON and a page, from bytes or hexadecimal digits", async () => {
    const { code, stdout } = await isg(["attest", "explain", report]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^0x0090\+48 +report\.measurement +all zero {2}\(the launch digest\)$/m);
    expect((await isg(["attest", "explain", hex])).stdout).toBe(stdout);
    const parsed = JSON.parse((await isg(["attest", "explain", report, "--json"])).stdout) as {
      fields: { size: number }[];
    };
    expect(parsed.fields.reduce((sum, field) => sum + field.size, 0)).toBe(1184);
    const page = `${scratch.folder}/page.html`;
    expect((await isg(["attest", "explain", report, "--html", page])).code).toBe(0);
    expect(readFileSync(page, "utf8")).toMatch(/^<!doctype html>[^]*<td>report\.measurement<\/td>/);
  });

  it("refuses a report that nobody signed: exit code 10, each failed check named", async () => {
    const { code, stdout } = await isg(["attest", "verify", report]);
    expect(code).toBe(10);
    expect(stdout).toMatch(/^FAILED key\.certificate: none of the 0 certificates given is of a VCEK or VLEK$/m);
    expect(stdout).toMatch(/^snp-report: refused: .*key\.certificate$/m);
    expect(JSON.parse((await isg(["attest", "verify", report, "--json"])).stdout)).toMatchObject({ accepted: false });
  });

  const file = (name: string, content: string): string => scratch.file(name, content);
  it.each<[string[], RegExp, number]>([
    [["attest"], /verify FILE, or explain FILE/, 2],
    [["attest", "verify"], /verify FILE, or explain FILE/, 2],
    [["attest", "explain", "/nowhere"], /no such file/, 1],
    [["attest", "explain", file("text", "x")], /neither an SNP report/, 1],
    [["attest", "explain", file("digits", "0".repeat(2 ** 24))], /: 8388608 bytes that are neither/, 1],
    ...[
      "yesterday",
      "foo 2025",
      "2025-02-31",
      "2025-02-29",
      "2025-13-01",
      "2025-1-1",
      "2025",
      "2025-06-01T12:00",
      "2025-06-01T24:00:00Z",
      "2025-06-01T12:60:00Z",
      "06/01/2025",
      "+012025-06-01",
    ].map((at): [string[], RegExp, number] => [
      ["attest", "verify", report, "--at", at],
      /--at .*: a day such as 2026-01-31, or a time such as 2026-01-31T12:00:00Z/,
      2,
    ]),
    [["attest", "verify", report, "--policy", file("p", "{")], /policy: it is not JSON/, 1],
    [["attest", "verify", report, "--cert", file("c", "no")], /PEM: line 1/, 1],
    [
      ["attest", "explain", report, "--policy", file("p2", "{}")],
      /explain: --policy is not for this; .*--html, --json/,
      2,
    ],
    [["attest", "verify", report, "--html", "page"], /is an SNP report: --html is not for this/, 2],
    [
      ["attest", "verify", report, "--event-log", file("log", "x")],
      /--event-log is not for this; there are --policy, --cert/,
      2,
    ],
  ])("%j is one clear line", async (args, message, exit) => {
    const { code, stdout, stderr } = await isg(args);
    expect([code, stdout]).toEqual([exit, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n").length).toBe(1);
  });

  it.each(["2025-06-01", "2024-02-29", "2025-06-01T12:34:56Z", "2025-06-01T12:34:56.789Z"])(
    "takes --at %s",
    async (at) => {
      expect((await isg(["attest", "verify", report, "--at", at])).code).toBe(10);
    },
  );
});
