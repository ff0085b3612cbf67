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

  const ec2 = ["snp", "measure", "--ovmf", firmware, "--vmm", "ec2"];
  const qemu = ["snp", "measure", "--ovmf", firmware, "--vcpu-type", "EPYC-Milan"];
  const sev = ["snp", "measure", "--ovmf", firmware, "--mode", "sev"];

  it.each<[string[], RegExp, number]>([
    [["snp"], /measure, or diff/, 2],
    [["snp", "measure"], /--ovmf FILE/, 2],
    [["snp", "measure", firmware], /snp measure: .*OVMF.fd: the firmware goes after --ovmf$/m, 2],
    [["snp", "diff", "/nowhere", firmware], /snp diff: \/nowhere: no such file/, 1],
    [["snp", "measure", "--ovmf", firmware], /--vcpu-type TYPE/, 2],
    [["snp", "measure", "--ovmf", firmware, "--vcpu-type", "Xeon"], /--vcpu-type: vCPU type Xeon: there are EPYC/, 2],
    [["snp", "measure", "--ovmf", firmware, "--vmm", "xen"], /--vmm xen: qemu, ec2 or gce/, 2],
    [[...ec2, "--append", "x"], /go with --kernel/, 2],
    [[...ec2, "--vmsa", "zz=1"], /--vmsa zz=1: VMSA field zz: there is none/, 2],
    [[...ec2, "--vmsa", "cs.attrib=0x12345"], /--vmsa cs\.attrib=0x12345: /, 2],
    [[...ec2, "--vmsa", "cs.attrib"], /--vmsa cs.attrib: a field and its value/, 2],
    [[...ec2, "--vmsa", "cs.attrib=0x9a=5"], /--vmsa cs.attrib 0x9a=5: a number such as/, 2],
    [[...ec2, "--vmsa", "rdx=1", "--vmsa", "rdx=2"], /--vmsa rdx=2: rdx is given twice/, 2],
    [[...ec2, "--vcpus", "0"], /--vcpus 0: 1 to 4096/, 2],
    [[...ec2, "--vcpus", "4097"], /--vcpus 4097: 1 to 4096/, 2],
    [[...ec2, "--vcpus", "2"], /no SEV-ES reset block/, 1],
    [[...ec2, "--kernel", firmware], /SNP_KERNEL_HASHES/, 1],
    [[...ec2, "--vcpu-type", "EPYC-Milan"], /--vmm ec2: --vcpu-type would change nothing/, 2],
    [[...ec2, "--vcpu-signature", "1"], /--vmm ec2: --vcpu-signature would change nothing/, 2],
    [[...qemu, "--vcpu-signature", "0xa00f11"], /--vcpu-type and --vcpu-signature/, 2],
    [
      ["snp", "measure", "--ovmf", firmware, "--vcpu-signature", "0x100000000"],
      /--vcpu-signature 0x100000000: .*32 bits/,
      2,
    ],
    [["snp", "measure", "--ovmf", firmware, "--vcpu-signature", "9007199254740993"], /32 bits/, 2],
    [[...qemu, "--svsm", firmware], /--mode snp: --svsm would change nothing/, 2],
    [[...qemu, "--svsm-variables", "4096"], /--mode snp: --svsm-variables would change nothing/, 2],
    [[...qemu, "--mode", "snp-svsm"], /--svsm FILE.* is missing/, 2],
    [
      [...qemu, "--mode", "snp-svsm", "--svsm", firmware, "--features", "0x21"],
      /--mode snp-svsm: --features would change/,
      2,
    ],
    [
      [...qemu, "--mode", "snp-svsm", "--svsm", firmware, "--kernel", firmware],
      /--mode snp-svsm: --kernel would change/,
      2,
    ],
    [[...sev, "--vmsa", "rdx=1"], /--mode sev: --vmsa would change nothing/, 2],
    [[...sev, "--vcpus", "2", "--features", "1"], /--mode sev: --vcpus and --features would change nothing/, 2],
    [[...sev, "--vcpu-type", "EPYC"], /--mode sev: --vcpu-type would change nothing/, 2],
    [["snp", "diff", firmware, firmware], /launch record: it is not JSON/, 1],
    [["snp", "diff", firmware], /two files/, 2],
    [["snp", "diff", firmware, firmware, "--steps"], /diff: --steps is not for this; there are --json/, 2],
  ])("%j is one clear line", async (args, message, exit) => {
    const { code, stdout, stderr } = await isg(args);
    expect([code, stdout]).toEqual([exit, ""]);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n").length).toBe(1);
  });
});
