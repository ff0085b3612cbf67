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
  it.each([
    [["attest"], /verify FILE, or explain FILE/],
    [["attest", "verify"], /verify FILE, or explain FILE/],
    [["attest", "explain", "/nowhere"], /no such file/],
    [["attest", "explain", file("text", "x")], /neither an SNP report/],
    [["attest", "verify", report, "--at", "yesterday"], /--at yesterday: a date/],
    [["attest", "verify", report, "--policy", file("p", "{")], /policy: it is not JSON/],
    [["attest", "verify", report, "--cert", file("c", "no")], /PEM: line 1/],
    [
      ["attest", "explain", report, "--policy", file("p2", "{}")],
      /explain: --policy is not for this; .*--html, --json/,
    ],
    [["attest", "verify", report, "--html", "page"], /is an SNP report: --html is not for this/],
    [
      ["attest", "verify", report, "--event-log", file("log", "x")],
      /--event-log is not for this; there are --policy, --cert/,
    ],
  ])("%j is one clear line", async (args, message) => {
    const { code, stdout, stderr } = await isg(args);
    expect(code === 1 || code === 2).toBe(true);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n").length).toBe(1);
  });
});
