import type { Case } from "../support/program.js";

/** What differs between the kinds of paging. */
interface Kind {
  /** Bytes of a table entry. */
  readonly entry: 4 | 8;
  readonly bits: 32 | 64;
  /** Address of the directory entry over DATA, and of the table that maps the program. */
  readonly directory: string;
  readonly first: string;
}

const KINDS: Readonly<Record<"32" | "pae" | "4", Kind>> = {
  "32": { entry: 4, bits: 32, directory: "0x70000", first: "0x71000" },
  pae: { entry: 8, bits: 32, directory: "0x71008", first: "0x72000" },
  "4": { entry: 8, bits: 64, directory: "0x71008", first: "0x72000" },
};

const FIX = "mov dword [PTE], DATA + 7";

/** Page faults and their error codes, rights, accessed and dirty bits (SDM vol. 3A, 4.6 to 4.8), in one kind of paging. */
export function pagingCases(paging: "32" | "pae" | "4"): Case[] {
  const { entry, bits, directory, first } = KINDS[paging];
  const wide = entry === 8;
  const a = bits === 64 ? "rax" : "eax";
  const ring3 =
    bits === 64
      ? "push UDATA + 3\npush USTACK\npush 2\npush UCODE64 + 3\npush .u\niretq\n.u:\n"
      : "push dword UDATA + 3\npush dword USTACK\npush dword 2\npush dword UCODE32 + 3\npush dword .u\niretd\n.u:\nmov eax, UDATA + 3\nmov ds, eax\nmov es, eax\n";
  const set = (value: string): string => `mov dword [PTE], ${value}\ninvlpg [DATA]\n`;
  const wp = `mov ${a}, cr0\nbts eax, 16\nmov cr0, ${a}\n`;
  const cr4 = (bit: number): string => `mov ${a}, cr4\nbts eax, ${bit}\nmov cr4, ${a}\n`;
  /** The program's own pages become the supervisor's, so that SMEP and SMAP leave it alone; the stacks too. */
  const own = `mov edi, ${first}\nmov ecx, 0xa0\n.own:\nand dword [${bits === 64 ? "rdi" : "edi"}], ~4\nadd edi, ${entry}\ndec ecx\njnz .own\nmov ${a}, cr3\nmov cr3, ${a}\n`;
  const disown = `mov edi, ${first}\nmov ecx, 0xa0\n.own:\nor dword [${bits === 64 ? "rdi" : "edi"}], 4\nadd edi, ${entry}\ndec ecx\njnz .own\nmov ${a}, cr3\nmov cr3, ${a}\n${FIX}`;
  const access: readonly (readonly [string, string])[] = [
    ["read", "mov eax, [DATA + 8]"],
    ["write", "mov [DATA + 8], eax"],
    ["add to memory", "add dword [DATA + 8], 1"],
    ["fetch", `mov eax, DATA + 16\njmp ${a}`],
  ];
  const entries: readonly (readonly [string, string])[] = [
    ["absent", "DATA + 6"],
    ["read-only", "DATA + 5"],
    ["of the supervisor", "DATA + 3"],
    ["of the supervisor, read-only", "DATA + 1"],
  ];
  const cases: Case[] = [{ name: "end", code: "" }];
  for (const [what, value] of entries) {
    for (const [how, code] of access) {
      // The first byte there is CCH: a fetch that succeeds ends with #BP.
      const prepare = `mov dword [DATA + 16], 0xcccccccc\n${set(value)}`;
      cases.push({ name: `${how}, ${what}`, code: `${prepare}${code}`, after: FIX });
      cases.push({ name: `${how}, ${what}, wp`, code: `${prepare}${wp}${code}`, after: FIX });
      cases.push({ name: `${how}, ${what}, ring 3`, code: `${prepare}${ring3}${code}`, after: FIX });
    }
  }
  for (const [how, code] of access) {
    const bare = `mov dword [DATA + 16], 0xcccccccc\n${own}`;
    cases.push({ name: `${how}, of the user, smep`, code: `${bare}${cr4(20)}${code}`, after: disown });
    cases.push({ name: `${how}, of the user, smap`, code: `${bare}${cr4(21)}${code}`, after: disown });
    cases.push({ name: `${how}, of the user, smap and ac`, code: `${bare}${cr4(21)}stac\n${code}`, after: disown });
  }
  cases.push(
    {
      name: "accessed and dirty, read",
      code: `and dword [${directory}], ~0x60\n${set("DATA + 7")}mov ebx, [DATA]\nmov eax, [PTE]\nmov ebx, [${directory}]\nand ebx, 0xfff`,
    },
    {
      name: "accessed and dirty, write",
      code: `and dword [${directory}], ~0x60\n${set("DATA + 7")}mov [DATA], ebx\nmov eax, [PTE]\nmov ebx, [${directory}]\nand ebx, 0xfff`,
    },
    { name: "a write that faults", code: `${set("DATA + 5")}${wp}mov [DATA], ebx` },
    { name: "what it left in the entry", code: "mov eax, [PTE]", after: FIX },
    {
      name: "write across into an absent page",
      code: `mov dword [DATA + 0xffc], 0\nmov dword [PTE + ${entry}], 0\ninvlpg [DATA + 0x1000]\nmov [DATA + 0xffe], eax`,
      after: `mov dword [PTE + ${entry}], DATA + 0x1007`,
    },
    { name: "nothing was written", code: "mov eax, [DATA + 0xffc]" },
    {
      name: "stale translation without invlpg",
      code: `mov eax, [DATA]\nmov dword [PTE], 0\nmov ${a}, cr3\nmov cr3, ${a}\nmov eax, [DATA + 4]`,
      after: FIX,
    },
    {
      name: "rep movsb into an absent page",
      code: `mov dword [PTE + ${entry}], 0\ninvlpg [DATA + 0x1000]\nmov esi, DATA\nmov edi, DATA + 0xff0\nmov ecx, 100\nrep movsb`,
      after: `mov dword [PTE + ${entry}], DATA + 0x1007`,
    },
  );
  if (wide) {
    // With two levels the directory entry over DATA is that of the program too.
    cases.push(
      {
        name: "directory absent",
        code: `and dword [${directory}], ~1\nmov ${a}, cr3\nmov cr3, ${a}\nmov eax, [DATA + 0x5004]`,
        after: `or dword [${directory}], 1`,
      },
      {
        name: "directory read-only, table writable, ring 3",
        code: `and dword [${directory}], ~2\nmov ${a}, cr3\nmov cr3, ${a}\n${ring3}mov [DATA], eax`,
        after: `or dword [${directory}], 2`,
      },
      {
        name: "directory of the supervisor, table of the user, ring 3",
        code: `and dword [${directory}], ~4\nmov ${a}, cr3\nmov cr3, ${a}\n${ring3}mov eax, [DATA]`,
        after: `or dword [${directory}], 4`,
      },
      {
        name: "bit above MAXPHYADDR",
        code: "mov dword [PTE + 4], 0x80000\ninvlpg [DATA]\nmov eax, [DATA]",
        after: "mov dword [PTE + 4], 0",
      },
      {
        name: "bit above MAXPHYADDR of an absent page",
        code: `mov dword [PTE + 4], 0x80000\n${set("DATA + 6")}mov eax, [DATA]`,
        after: `mov dword [PTE + 4], 0\n${FIX}`,
      },
      {
        name: "large page with a reserved bit",
        code: `mov eax, [${directory}]\nmov [DATA], eax\nmov ebx, eax\nmov dword [${directory}], DATA + 0x2087\nmov ${a}, cr3\nmov cr3, ${a}\nmov eax, [DATA + 0x100]`,
        after: `mov dword [${directory}], 0x73007`,
      },
      {
        name: "nx, fetch",
        code: `mov dword [PTE + 4], 0x80000000\ninvlpg [DATA]\nmov eax, DATA\njmp ${a}`,
        after: "mov dword [PTE + 4], 0",
      },
      {
        name: "nx, fetch, ring 3",
        code: `mov dword [PTE + 4], 0x80000000\ninvlpg [DATA]\n${ring3}mov eax, DATA\njmp ${a}`,
        after: "mov dword [PTE + 4], 0",
      },
      {
        name: "nx, read",
        code: "mov dword [DATA], 9\nmov dword [PTE + 4], 0x80000000\ninvlpg [DATA]\nmov eax, [DATA]",
        after: "mov dword [PTE + 4], 0",
      },
    );
  }
  if (paging === "32") {
    cases.push(
      {
        name: "large page",
        code: "mov dword [DATA], 5\nmov dword [0x70004], 0x87\nmov eax, [0x600000]\nmov ebx, [0x70004]",
        after: "mov dword [0x70004], 0\nmov eax, cr3\nmov cr3, eax",
      },
      {
        name: "large page without PSE",
        code: "mov eax, cr4\nbtr eax, 4\nmov cr4, eax\nmov dword [0x70004], 0x71087\nmov dword [DATA + 4], 6\nmov eax, [0x600004]",
        after: "mov dword [0x70004], 0\nmov eax, cr3\nmov cr3, eax",
      },
      {
        name: "large page with a reserved bit",
        code: "mov dword [0x70004], 0x200087\nmov eax, [0x600000]",
        after: "mov dword [0x70004], 0\nmov eax, cr3\nmov cr3, eax",
      },
    );
  }
  if (paging === "pae") {
    cases.push(
      { name: "directory pointer absent", code: "mov eax, [0x40000010]" },
      {
        name: "pointers are read by mov cr3",
        code: "mov dword [DATA], 3\nmov dword [0x70008], 0x71001\nmov eax, cr3\nmov cr3, eax\nmov eax, [0x40200000]",
        after: "mov dword [0x70008], 0\nmov eax, cr3\nmov cr3, eax",
      },
    );
  }
  return cases;
}
