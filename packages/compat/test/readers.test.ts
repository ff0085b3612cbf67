import { describe, expect, it } from "vitest";
import {
  closestModel,
  type Cpu,
  cpuLevel,
  cpuOfNames,
  encodeSignature,
  featureNamed,
  findFeature,
  firecrackerTemplate,
  kubevirtCpu,
  libvirtCpu,
  modelNamed,
  qemuCpu,
  readCpu,
  readCpuidDevice,
  withDependencies,
  writeCpuidRaw,
} from "../src/index.js";

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** AMD Ryzen 9 3900X (family 17H, model 71H): leaves as the processor gives them. */
const LEAVES = [
  [0, 0, 0x10, 0x68747541, 0x444d4163, 0x69746e65],
  [1, 0, 0x00870f10, 0x10180800, 0x7ed8320b, 0x178bfbff],
  [7, 0, 0, 0x219c91a9, 0x00400004, 0],
  [0x80000000, 0, 0x80000020, 0x68747541, 0x444d4163, 0x69746e65],
  [0x80000001, 0, 0x00870f10, 0x20000000, 0x75c237ff, 0x2fd3fbff],
] as const;

const hex = (n: number, digits = 8): string => n.toString(16).padStart(digits, "0");

const RAW = `CPU 0:\n${LEAVES.map(([l, s, a, b, c, d]) => `   0x${hex(l)} 0x${hex(s, 2)}: eax=0x${hex(a)} ebx=0x${hex(b)} ecx=0x${hex(c)} edx=0x${hex(d)}`).join("\n")}\nCPU 1:\n   0x00000000 0x00: eax=0x00000001 ebx=0x00000000 ecx=0x00000000 edx=0x00000000\n`;
const INSTLAT = `------[ CPUID Registers / Logical CPU #1 ]------\n\n${LEAVES.map(([l, s, a, b, c, d]) => `CPUID ${hex(l).toUpperCase()}: ${[a, b, c, d].map((r) => hex(r).toUpperCase()).join("-")} [SL ${hex(s, 2)}]`).join("\n")}\n`;
const LIBVIRT = `<cpudata arch='x86'>${LEAVES.map(([l, s, a, b, c, d]) => `<cpuid eax_in='0x${hex(l)}' ecx_in='0x${hex(s, 2)}' eax='0x${hex(a)}' ebx='0x${hex(b)}' ecx='0x${hex(c)}' edx='0x${hex(d)}'/>`).join("")}</cpudata>`;
const FIRECRACKER = JSON.stringify({
  kernel_version: "6.1",
  guest_cpu_config: {
    cpuid_modifiers: LEAVES.map(([l, s, ...r]) => ({
      leaf: `0x${l.toString(16)}`,
      subleaf: `0x${s.toString(16)}`,
      flags: 0,
      modifiers: ["eax", "ebx", "ecx", "edx"].map((register, i) => ({
        register,
        bitmap: `0b${r[i]!.toString(2).padStart(32, "0")}`,
      })),
    })),
    msr_modifiers: [],
  },
});

describe("readers", () => {
  it.each([
    ["cpuid -r", RAW],
    ["InstLatx64", INSTLAT],
    ["libvirt <cpudata>", LIBVIRT],
    ["Firecracker fingerprint", FIRECRACKER],
  ])("read the same CPU from %s", (_, text) => {
    const cpu = readCpu(bytes(text), "dump");
    expect(cpu.vendor).toBe("AuthenticAMD");
    expect(cpu.signature).toEqual({ family: 0x17, model: 0x71, stepping: 0 });
    expect(cpuLevel(cpu)).toBe(3);
    for (const name of ["avx2", "sha-ni", "rdpid", "abm", "svm", "hle"]) {
      expect(cpu.features.has(name), `of ${name}`).toBe(name !== "hle");
    }
    expect(cpu.features.has("avx512f")).toBe(false);
    // Leaf D was not recorded: that says nothing about XSAVES.
    expect(cpu.unknown.has("xsaves")).toBe(true);
    expect(cpu.unknown.has("avx512f")).toBe(false);
  });

  it("read what was written", () => {
    const { dump } = readCpu(bytes(RAW), "dump");
    expect(readCpu(bytes(writeCpuidRaw(dump!)), "again").dump!.entries).toEqual(dump!.entries);
    expect(encodeSignature(dump!.signature)).toBe(0x00870f10);
  });

  it("read /proc/cpuinfo, with the kernel's own words left out and unknown ones kept apart", () => {
    const text =
      "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 85\nmodel name\t: X\nstepping\t: 7\nmicrocode\t: 0x5003604\nflags\t\t: fpu lm sse4_1 tsc_deadline_timer constant_tsc frobnicate\n\nprocessor\t: 1\n";
    const cpu = readCpu(bytes(text), "cpuinfo");
    expect([...cpu.features].toSorted()).toEqual(["fpu", "lm", "sse4.1", "tsc-deadline"]);
    expect(cpu.unrecognised).toEqual(["frobnicate"]);
    expect(cpu.microcode).toBe(0x5003604);
    expect(cpu.unknown.has("mds-no")).toBe(true);
  });

  it("take a kernel's word for the bit that the maker reports it by, and leave open what the kernel does not show", () => {
    const of = (vendor: string): Cpu =>
      readCpu(bytes(`vendor_id\t: ${vendor}\nflags\t\t: fpu ibrs ibpb stibp ssbd\n`), "cpuinfo");
    const words = ["spec-ctrl", "stibp", "ssbd", "ibrs", "ibpb", "amd-stibp", "amd-ssbd"];
    const [intel, amd] = [of("GenuineIntel"), of("AuthenticAMD")];
    expect(words.filter((name) => intel.features.has(name))).toEqual(["spec-ctrl", "stibp", "ssbd"]);
    expect(words.filter((name) => amd.features.has(name))).toEqual(["ibrs", "ibpb", "amd-stibp"]);
    expect(amd.unknown.has("amd-ssbd")).toBe(true);
    // Linux keeps these to itself; AVX-512 it shows wherever a program may use it.
    const hidden = ["osxsave", "fsrs", "amd-psfd", "cet-ss"];
    expect(hidden.filter((name) => intel.unknown.has(name))).toEqual(hidden);
    expect(intel.unknown.has("avx512f")).toBe(false);
    expect(readCpu(bytes("flags : fpu user_shstk\n"), "cpuinfo").unknown.has("cet-ss")).toBe(false);
  });

  it("read a <cpu> of capabilities and of a domain", () => {
    const host =
      "<capabilities><host><cpu><arch>x86_64</arch><model>Nehalem</model><vendor>Intel</vendor><feature name='vmx'/></cpu></host></capabilities>";
    expect(readCpu(bytes(host), "x").features.has("vmx")).toBe(true);
    expect(readCpu(bytes(host), "x").vendor).toBe("GenuineIntel");
    const domain =
      "<domain><cpu mode='custom'><model>Haswell</model><feature policy='disable' name='avx2'/></cpu></domain>";
    expect(readCpu(bytes(domain), "x").features.has("avx2")).toBe(false);
    expect(readCpu(bytes(domain), "x").features.has("avx")).toBe(true);
  });

  it("read a QMP expansion", () => {
    const text =
      '{"return": {"model": {"name": "base", "props": {"avx2": true, "sse4-1": true, "bmi1": false, "vendor": "GenuineIntel", "family": 6, "pmu": true}}}}';
    const cpu = readCpu(bytes(text), "qmp");
    expect([...cpu.features].toSorted()).toEqual(["avx2", "sse4.1"]);
  });

  it("execute CPUID through a device, and drop what a CPU without extended leaves repeats there", () => {
    const cpu = readCpuidDevice((leaf, subleaf) => {
      const out = new DataView(new ArrayBuffer(16));
      const row = LEAVES.find(([l, s]) => l === leaf && s === subleaf);
      (row?.slice(2) ?? (leaf >= 0x80000000 ? [7, 0, 0, 0] : [])).forEach((value, i) =>
        out.setUint32(i * 4, value, true),
      );
      if (leaf === 0) out.setUint32(0, 7, true);
      return new Uint8Array(out.buffer);
    }, "device");
    expect(cpu.features.has("avx2")).toBe(true);
    expect(() => readCpuidDevice(() => new Uint8Array(3), "device")).toThrow(/3 bytes for a leaf; it has 16/);
  });

  it("let no control character of a dump reach a terminal", () => {
    const text =
      "processor\t: 0\nvendor_id\t: \u001b[2JIntel\nmodel name\t: a\u009b1mb\nflags\t\t: fpu \u001b]0;x\u0007\n";
    const cpu = readCpu(
      Uint8Array.from(text, (c) => c.charCodeAt(0)),
      "x",
    );
    expect([cpu.vendor, cpu.brand, cpu.unrecognised.join()]).toEqual(["?[2JIntel", "a?1mb", "?]0;x?"]);
  });

  it("take a subleaf beyond the highest, and a register that CPUID does not announce, for absent", () => {
    const line = (leaf: number, eax: number, edx: number): string =>
      `   0x${hex(leaf)} 0x00: eax=0x${hex(eax)} ebx=0x${hex(0)} ecx=0x${hex(0)} edx=0x${hex(edx)}\n`;
    const dump = (subleaves: number, edx: number): Uint8Array =>
      bytes(`CPU 0:\n${line(0, 13, 0)}${line(7, subleaves, edx)}`);
    const without = readCpu(dump(0, 0), "x");
    expect([without.unknown.has("avx-vnni"), without.unknown.has("rdctl-no")]).toEqual([false, false]);
    const announced = readCpu(dump(1, 0x20000000), "x");
    expect([announced.unknown.has("avx-vnni"), announced.unknown.has("rdctl-no")]).toEqual([true, true]);
  });

  it.each([
    ["", /dump: the file is empty/],
    ["hello", /dump: begins with "hello": neither cpuid -r, InstLatx64/],
    ["CPU 0:\n   0x00000000 0x00: eax=0x1 ebx=", /dump, line 2: .* is no line of cpuid -r/],
    ["CPUID 00000000: 123-4", /dump, line 1: .* is no "CPUID/],
    ["<cpudata><cpuid eax_in='x'/></cpudata>", /dump, <cpuid>: eax_in="x" is no number/],
    ["<cpu><model>Frob</model></cpu>", /dump, <model>: "Frob" is no CPU model/],
    ["<cpu><model>Haswell</cpu>", /dump, line 1, column \d+: not well-formed XML/],
    ["<a>".repeat(100), /nested too deeply/],
    ['{"return": 1', /dump: not JSON/],
    [
      '{"cpuid_modifiers":[{"leaf":"0x1","subleaf":"0x0","modifiers":[{"register":"eax","bitmap":"0b2"}]}]}',
      /cpuid_modifiers\[0\]: bitmap ""0b2""/,
    ],
    ["processor\t: 0\nflag\t: 1\n", /dump: no line "flags"/],
  ])("say in one line what is wrong with %j", (text, message) => {
    expect(() => readCpu(bytes(text), "dump")).toThrow(message);
  });
});

describe("writers", () => {
  const cpu = readCpu(bytes(RAW), "dump");
  const closest = closestModel(cpu);

  it("choose the model that libvirt chooses for this processor", () => {
    expect(closest.model).toBe("EPYC-Rome");
    expect(closest.add).toContain("skinit");
  });

  it("write text that the readers take back", () => {
    const features = (text: string): Set<string> => new Set(readCpu(bytes(text), "x").features);
    const again = features(libvirtCpu(closest));
    for (const name of ["avx2", "sha-ni", "rdpid", "clwb", "skinit"]) expect(again.has(name), `of ${name}`).toBe(true);
    expect(qemuCpu({ model: "Haswell", add: ["pclmuldq", "lahf_lm"], remove: ["rtm"] })).toBe(
      "Haswell,+pclmulqdq,+lahf-lm,-rtm",
    );
    expect(kubevirtCpu({ model: "Haswell", add: [], remove: ["rtm"] })).toBe(
      'cpu:\n  model: "Haswell"\n  features:\n    - name: "rtm"\n      policy: disable\n',
    );
  });

  it("take a psABI level for what programs execute, and build it on a 64-bit model", () => {
    const { model, remove } = closestModel(modelNamed("x86-64-v3"));
    expect(modelNamed(model).features.has("lm")).toBe(true);
    expect(cpuLevel(modelNamed(model))).toBeGreaterThan(1);
    for (const system of ["pae", "msr", "tsc", "apic", "nx", "pse"]) expect(remove).not.toContain(system);
  });

  it("leave out what the tools have no name for, and say so", () => {
    const modern = cpuOfNames(["avx2", "avx512f", "sev-snp", "tsa-l1-no"], { name: "x", source: "x" });
    const { add, unnamed } = closestModel(modern, ["Nehalem"]);
    expect(unnamed).toEqual(["sev-snp", "tsa-l1-no"]);
    expect(add).toEqual(["avx2", "avx512f"]);
    expect(qemuCpu({ model: "Nehalem", add: ["avx2", "sev-snp", "pconfig"], remove: [] })).toBe("Nehalem,+avx2");
  });

  it("take what a Firecracker template leaves alone for unknown, not for absent", () => {
    const template = readCpu(bytes(firecrackerTemplate(modelNamed("Haswell"))), "template");
    const said = (name: string): string =>
      template.features.has(name) ? "there" : template.unknown.has(name) ? "unknown" : "absent";
    expect(["avx512f", "avx2", "xsaves"].map(said)).toEqual(["absent", "unknown", "absent"]);
    const short =
      '{"cpuid_modifiers":[{"leaf":"0x7","subleaf":"0x0","modifiers":[{"register":"ebx","bitmap":"0b10xx1000"}]}]}';
    const read = readCpu(bytes(short), "short");
    expect(["bmi1", "avx2", "hle", "bmi2", "avx512f", "gfni"].map((name) => read.unknown.has(name))).toEqual([
      false,
      true,
      true,
      true,
      true,
      true,
    ]);
    expect([...read.features]).toEqual(["bmi1", "smep"]);
  });

  it("write a Firecracker template that clears what a model lacks and leaves the rest alone", () => {
    const { cpuid_modifiers: leaves } = JSON.parse(firecrackerTemplate(modelNamed("Haswell"))) as {
      cpuid_modifiers: { leaf: string; subleaf: string; modifiers: { register: string; bitmap: string }[] }[];
    };
    const ebx = leaves
      .find((l) => l.leaf === "0x7" && l.subleaf === "0x0")!
      .modifiers.find((m) => m.register === "ebx")!;
    expect(ebx.bitmap[2 + 31 - 16], "avx512f is cleared").toBe("0");
    expect(ebx.bitmap[2 + 31 - 5], "avx2 is left").toBe("x");
  });
});

describe("the feature database", () => {
  it("knows every tool's spelling", () => {
    for (const name of ["sse4.1", "SSE4_1", "sse4-1", "sse41"])
      expect(findFeature(name)?.name, `of ${name}`).toBe("sse4.1");
    expect(findFeature("lzcnt")?.name).toBe("abm");
    expect(findFeature("sha_ni")?.name).toBe("sha-ni");
    expect(() => featureNamed("avx3")).toThrow(/"avx3" is no CPU feature that is known; there are avx/);
  });

  it("takes instruction lists from isa-x86's description", () => {
    expect(featureNamed("bmi2").instructions).toEqual(["bzhi", "mulx", "pdep", "pext", "rorx", "sarx", "shlx", "shrx"]);
    expect(featureNamed("adx").instructions).toEqual(["adcx", "adox"]);
  });

  it("says what happens without a feature", () => {
    expect(featureNamed("abm").absence).toEqual({ kind: "other", instruction: "lzcnt", runsAs: "bsr" });
    expect(featureNamed("bmi1").absence).toEqual({ kind: "other", instruction: "tzcnt", runsAs: "bsf" });
    expect(featureNamed("avx2").absence).toEqual({ kind: "fault" });
  });

  it("has a bit for one feature only, and dependencies that exist", () => {
    const all = withDependencies(["avx512vbmi2", "sev-snp"]);
    expect([...all]).toEqual(
      expect.arrayContaining(["avx512bw", "avx512f", "avx2", "avx", "xsave", "sev-es", "sev", "svm"]),
    );
  });
});
