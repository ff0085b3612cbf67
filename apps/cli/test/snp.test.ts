import { afterAll, describe, expect, it } from "vitest";
import { Scratch, isg } from "./support.js";

const scratch = new Scratch();
afterAll(() => scratch.remove());
const firmware = scratch.file("OVMF.fd", new Uint8Array(8192).fill(0x90));

async function measure(...more: string[]): Promise<string> {
  const { code, stdout, stderr } = await isg(["snp", "measure", "--ovmf", firmware, ...more]);
  expect([code, stderr]).toEqual([0, ""]);
  return stdout.trim();
}

describe("isg snp", () => {
  it("prints a digest of 48 bytes for SNP and of 32 for SEV", async () => {
    expect(await measure("--vcpu-type", "EPYC-Milan")).toMatch(/^[0-9a-f]{96}$/);
    expect(await measure("--mode", "sev")).toMatch(/^[0-9a-f]{64}$/);
  });

  it("prints each measured page with --steps", async () => {
    const lines = (await measure("--vmm", "ec2", "--steps")).split("\n");
    expect(lines.length).toBe(4);
    expect(lines[0]).toMatch(/^0xffffe000 {2}normal .* firmware, page 0$/);
    expect(lines[2]).toMatch(/vmsa .* VMSA of vCPU 0$/);
  });

  it("names what makes two digests differ, and says so with its exit code", async () => {
    const [a, b] = [`${scratch.folder}/a.json`, `${scratch.folder}/b.json`];
    await measure("--vcpu-type", "EPYC-Milan", "--record", a);
    await measure("--vcpu-type", "EPYC-Rome", "--record", b);
    const { code, stdout } = await isg(["snp", "diff", a, b]);
    expect(code).toBe(10);
    expect(stdout).toBe(
      "argument: vcpu-signature: 0xa00f11 | 0x830f10\nvmsa: rdx of the first vCPU: 0xa00f11 | 0x830f10\n",
    );
    expect((await isg(["snp", "diff", a, a])).code).toBe(0);
  });

  it.each([
    [["snp"], /measure, or diff/],
    [["snp", "measure"], /--ovmf FILE/],
    [["snp", "measure", "--ovmf", firmware], /--vcpu-type TYPE/],
    [["snp", "measure", "--ovmf", firmware, "--vcpu-type", "Xeon"], /vCPU type Xeon: there are EPYC/],
    [["snp", "measure", "--ovmf", firmware, "--vmm", "xen"], /--vmm xen: qemu, ec2 or gce/],
    [["snp", "measure", "--ovmf", firmware, "--vmm", "ec2", "--append", "x"], /go with --kernel/],
    [["snp", "measure", "--ovmf", firmware, "--vmm", "ec2", "--vmsa", "zz=1"], /VMSA field zz/],
    [["snp", "measure", "--ovmf", firmware, "--vmm", "ec2", "--vcpus", "2"], /no SEV-ES reset block/],
    [["snp", "measure", "--ovmf", firmware, "--vmm", "ec2", "--kernel", firmware], /SNP_KERNEL_HASHES/],
    [["snp", "diff", firmware, firmware], /launch record: it is not JSON/],
    [["snp", "diff", firmware], /two files/],
    [["snp", "diff", firmware, firmware, "--steps"], /diff: --steps is not for this; there are --json/],
  ])("%j is one clear line", async (args, message) => {
    const { code, stdout, stderr } = await isg(args);
    expect(code === 1 || code === 2).toBe(true);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n").length).toBe(1);
  });
});
