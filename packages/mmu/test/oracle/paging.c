/*
 * A guest that asks a processor what it does with page tables: for each case of a file it sets up paging and control bits, makes one
 * access, and sends back the exception and the table entries. Built for 32 bits it knows 32-bit and PAE paging, for 64 bits 4-level and
 * 5-level. Started by a multiboot loader; the cases are at CASES, results leave through the debug console at port E9.
 */
typedef unsigned char u8;
typedef unsigned short u16;
typedef unsigned int u32;
typedef unsigned long long u64;
typedef unsigned long word;

struct header {
  u32 count;
  u32 la57;
};
struct test {
  u8 mode;    /* 1: 32-bit, 2: PAE, 3: 4-level, 4: 5-level */
  u8 bits;    /* 1 WP, 2 PSE, 4 PGE, 8 SMEP, 16 SMAP, 32 PKE, 64 NXE */
  u8 kind;    /* 0 read, 1 write, 2 fetch, 3 implicit read */
  u8 who;     /* 1 user, 2 AC */
  u32 pkru;
  u64 entry[5]; /* PML5E, PML4E, PDPTE, PDE, PTE */
};
struct result {
  u32 vector_and_error;
  u32 unused;
  u64 entry[5];
};

#define CASES ((struct header *)0x2000000)
/* Tables of the tested address by level; the target page is at 0x1211000 whatever the size of the page. */
#define T4 ((u64 *)0x1001000)
#define T3 ((u64 *)0x1002000)
#define T2 ((u64 *)0x1003000)
#define T1 ((u64 *)0x1004000)
#define TARGET ((u8 *)0x1211000)
#define LOW_ADDRESS 0x81211000ul

#define PAGES(n) __attribute__((aligned(4096))) = {0}
u64 root5[512] PAGES(1);
u64 root4[512] PAGES(1);
u64 kernel_pdpt[512] PAGES(1);
u64 kernel_pd[512] PAGES(1);
u64 kernel_pt[512] PAGES(1);
u32 root32[1024] PAGES(1);
u32 kernel_pt32[16][1024] PAGES(16);
u64 pdpt_pae[4] __attribute__((aligned(32)));
u8 stack[16384] __attribute__((aligned(16)));
u8 fault_stack[16384] __attribute__((aligned(16)));
word saved_stack;
u64 gdt[9];
u64 idt[32 * 2];
u8 tss[104];
struct __attribute__((packed)) pointer {
  u16 limit;
  word base;
} gdtr, idtr;

extern u8 user_page[];
extern u8 handler3[], handler6[], handler8[], handler13[], handler14[];
u32 try_access(word va, word kind, word user, word flags);

asm(".section .multiboot,\"a\"\n"
    ".align 4\n"
    ".long 0x1badb002, 0, -0x1badb002\n"
    ".text\n");

/* The four accesses, once for each privilege: SMEP forbids the kernel to run what users run. */
#ifdef __x86_64__
#define ADDRESS "%rbx"
#else
#define ADDRESS "%ebx"
#endif
#define ACCESSES(name)                                                                                                 \
  name "_read: mov 0x800(" ADDRESS "), %eax; int3\n" name "_write: movl $1, 0x800(" ADDRESS "); int3\n" name           \
       "_fetch: jmp *" ADDRESS "\n" name "_implicit: mov $7, %eax; mov %eax, %fs; int3\n"
asm(".section .user,\"ax\"\n.align 4096\n.global user_page\nuser_page:\n" ACCESSES("user") ".align 4096\n.text\n" ACCESSES("kernel"));

#ifdef __x86_64__
asm(".code32\n.global start\nstart:\n"
    "cli\n"
    "movl $root4 + 7, root5\n"
    "movl $kernel_pdpt + 7, root4\n"
    "movl $kernel_pd + 7, kernel_pdpt\n"
    "mov $0x83, %eax; mov $kernel_pd, %edi; mov $64, %ecx\n"
    "1: mov %eax, (%edi); add $0x200000, %eax; add $8, %edi; loop 1b\n"
    "mov $0x20, %eax\n"
    "mov $root4, %ebx\n"
    "cmpl $0, 0x2000004; je 2f\n"
    "or $0x1000, %eax\n" /* CR4.LA57 */
    "mov $root5, %ebx\n"
    "2: mov %eax, %cr4\n"
    "mov %ebx, %cr3\n"
    "mov $0xc0000080, %ecx; mov $0x100, %eax; xor %edx, %edx; wrmsr\n"
    "mov $0x80000011, %eax; mov %eax, %cr0\n"
    "lgdt boot_gdtr\n"
    "ljmp $8, $long_mode\n"
    ".align 8\nboot_gdt: .quad 0, 0x00209a0000000000\n"
    "boot_gdtr: .word 15; .long boot_gdt\n"
    ".code64\nlong_mode:\n"
    "xor %eax, %eax; mov %eax, %ss; mov %eax, %ds; mov %eax, %es\n"
    "mov $stack + 16384, %rsp\n"
    "call run\n"
    ".global try_access\ntry_access:\n"
    "push %rbp; push %rbx; push %r12; push %r13; push %r14; push %r15\n"
    "mov %rsp, saved_stack\n"
    "mov %rdi, %rbx\n"
    "test %rdx, %rdx; jnz 1f\n"
    "push %rcx; popf\n"
    "jmp *kernel_accesses(,%rsi,8)\n"
    "1: push $0x23; push $0; push %rcx; push $0x1b; push user_accesses(,%rsi,8); iretq\n"
    "kernel_accesses: .quad kernel_read, kernel_write, kernel_fetch, kernel_implicit\n"
    "user_accesses: .quad user_read, user_write, user_fetch, user_implicit\n"
    "handler3: mov $3 << 16, %eax; jmp 1f\n"
    "handler6: mov $6 << 16, %eax; jmp 1f\n"
    "handler8: mov $8 << 16, %eax; jmp 1f\n"
    "handler13: pop %rax; or $13 << 16, %eax; jmp 1f\n"
    "handler14: pop %rax; or $14 << 16, %eax\n"
    "1: mov saved_stack, %rsp\n"
    "push $2; popf\n"
    "xor %ecx, %ecx; mov %ecx, %fs\n"
    "pop %r15; pop %r14; pop %r13; pop %r12; pop %rbx; pop %rbp\n"
    "ret\n");
#else
asm(".global start\nstart:\n"
    "cli\n"
    "mov $stack + 16384, %esp\n"
    "call run\n"
    ".global reload_segments\nreload_segments:\n"
    "ljmp $8, $1f\n"
    "1: mov $0x23, %eax; mov %eax, %ds; mov %eax, %es; mov $0x10, %eax; mov %eax, %ss; ret\n"
    ".global try_access\ntry_access:\n"
    "push %ebp; push %ebx; push %esi; push %edi\n"
    "mov %esp, saved_stack\n"
    "mov 20(%esp), %ebx; mov 24(%esp), %ecx; mov 28(%esp), %edx; mov 32(%esp), %eax\n"
    "test %edx, %edx; jnz 1f\n"
    "push %eax; popf\n"
    "jmp *kernel_accesses(,%ecx,4)\n"
    "1: push $0x23; push $0; push %eax; push $0x1b; push user_accesses(,%ecx,4); iret\n"
    "kernel_accesses: .long kernel_read, kernel_write, kernel_fetch, kernel_implicit\n"
    "user_accesses: .long user_read, user_write, user_fetch, user_implicit\n"
    "handler3: mov $3 << 16, %eax; jmp 1f\n"
    "handler6: mov $6 << 16, %eax; jmp 1f\n"
    "handler8: mov $8 << 16, %eax; jmp 1f\n"
    "handler13: pop %eax; or $13 << 16, %eax; jmp 1f\n"
    "handler14: pop %eax; or $14 << 16, %eax\n"
    "1: mov saved_stack, %esp\n"
    "push $2; popf\n"
    "xor %ecx, %ecx; mov %ecx, %fs\n"
    "pop %edi; pop %esi; pop %ebx; pop %ebp\n"
    "ret\n");
void reload_segments(void);
#endif

static word get_cr0(void) { word v; asm volatile("mov %%cr0, %0" : "=r"(v)); return v; }
static void set_cr0(word v) { asm volatile("mov %0, %%cr0" ::"r"(v) : "memory"); }
static void set_cr3(word v) { asm volatile("mov %0, %%cr3" ::"r"(v) : "memory"); }
static void set_cr4(word v) { asm volatile("mov %0, %%cr4" ::"r"(v) : "memory"); }

static void set_efer(u32 low) { asm volatile("wrmsr" ::"c"(0xc0000080), "a"(low), "d"(0)); }

static void send(const void *data, u32 length) {
  asm volatile("rep outsb" : "+S"(data), "+c"(length) : "d"(0xe9) : "memory");
}

static void gate(int vector, u8 *handler, int dpl) {
  u64 address = (word)handler;
  u64 low = (address & 0xffff) | 8ull << 16 | (address >> 16 & 0xffff) << 48 | 0x8e00ull << 32 | (u64)dpl << 45;
#ifdef __x86_64__
  idt[2 * vector] = low;
  idt[2 * vector + 1] = address >> 32;
#else
  idt[vector] = low;
#endif
}

/* A system-segment descriptor: TSS or LDT. */
static void system_segment(int index, u64 base, u32 limit, u8 type) {
  gdt[index] = (limit & 0xffff) | (base & 0xffffff) << 16 | (u64)(0x80 | type) << 40 | (base >> 24 & 0xff) << 56;
#ifdef __x86_64__
  gdt[index + 1] = base >> 32;
#endif
}

static void set_up(word va) {
  u64 code = sizeof(word) == 8 ? 0x00af9b000000ffff : 0x00cf9b000000ffff;
  gdt[1] = code;
  gdt[2] = 0x00cf93000000ffff;
  gdt[3] = code | 3ull << 45;
  gdt[4] = 0x00cff3000000ffff;
  system_segment(5, (word)tss, sizeof tss - 1, 9);
  system_segment(7, va + 0x400, 7, 2);
  *(word *)(tss + 4) = (word)(fault_stack + sizeof fault_stack);
  if (sizeof(word) == 4) *(u32 *)(tss + 8) = 0x10;
  gate(3, handler3, 3);
  gate(6, handler6, 0);
  gate(8, handler8, 0);
  gate(13, handler13, 0);
  gate(14, handler14, 0);
  gdtr.limit = sizeof gdt - 1;
  gdtr.base = (word)gdt;
  idtr.limit = sizeof idt - 1;
  idtr.base = (word)idt;
  asm volatile("lgdt %0; lidt %1" ::"m"(gdtr), "m"(idtr));
#ifndef __x86_64__
  reload_segments();
#endif
  asm volatile("ltr %w0; lldt %w1" ::"r"(0x28), "r"(0x38));
  /* The kernel is a supervisor's everywhere but in the page that users run. */
  for (u32 i = 0; i < 512; i++) {
    word address = i * 4096;
    kernel_pt[i] = address | (address == (word)user_page ? 7 : 3);
  }
  kernel_pd[0] = (word)kernel_pt | 7;
#ifndef __x86_64__
  for (u32 i = 1; i < 64; i++) kernel_pd[i] = i << 21 | 0x83;
  pdpt_pae[0] = (word)kernel_pd | 1;
  pdpt_pae[2] = (word)T2 | 1;
  for (u32 i = 0; i < 16; i++) {
    root32[i] = (word)kernel_pt32[i] | 7;
    for (u32 j = 0; j < 1024; j++) {
      word address = i << 22 | j << 12;
      kernel_pt32[i][j] = address | (address == (word)user_page ? 7 : 3);
    }
  }
#endif
  TARGET[0] = 0xcc;
  *(u64 *)(TARGET + 0x400) = 0x00cff3000000ffff;
}

static u64 *place(const struct test *t, int level) {
  switch (level) {
    case 0: return root5 + 1;
    case 1: return t->mode == 4 ? T4 + 1 : root4 + 1;
    case 2: return T3 + 2;
    case 3: return T2 + 9;
    default: return T1 + 0x11;
  }
}

static void run_case(const struct test *t, word va) {
  struct result r = {0};
  u32 *pde32 = root32 + 0x204, *pte32 = (u32 *)T1 + 0x211;
  int first = t->mode == 4 ? 0 : t->mode == 3 ? 1 : 3;
  if (t->mode == 1) {
    *pde32 = t->entry[3];
    *pte32 = t->entry[4];
  } else {
    for (int i = first; i < 5; i++) *place(t, i) = t->entry[i];
  }
  word cr4 = (t->bits & 2 ? 0x10 : 0) | (t->bits & 4 ? 0x80 : 0) | (t->bits & 8 ? 1 << 20 : 0) |
             (t->bits & 16 ? 1 << 21 : 0) | (t->bits & 32 ? 1 << 22 : 0);
  word cr0 = (get_cr0() & ~0x10000ul) | (t->bits & 1 ? 0x10000 : 0);
  u32 nxe = t->bits & 64 ? 0x800 : 0;
#ifdef __x86_64__
  cr4 |= 0x20 | (t->mode == 4 ? 0x1000 : 0);
  set_efer(0x500 | nxe);
  set_cr4(cr4 & ~0x80ul); /* Changing PGE flushes global translations as well. */
  set_cr3(t->mode == 4 ? (word)root5 : (word)root4);
  set_cr4(cr4);
  if (t->bits & 32) asm volatile("wrpkru" ::"a"(t->pkru), "c"(0), "d"(0));
  set_cr0(cr0);
#else
  set_cr0(cr0 & 0x7fffffff);
  set_efer(nxe);
  if (t->mode == 2) cr4 |= 0x20;
  set_cr4(cr4);
  set_cr3(t->mode == 2 ? (word)pdpt_pae : (word)root32);
  set_cr0(cr0 | 0x80000000);
#endif
  r.vector_and_error = try_access(va, t->kind, t->who & 1, 2 | (t->who & 2 ? 1 << 18 : 0));
#ifndef __x86_64__
  set_cr0(get_cr0() & 0x7fffffff);
#endif
  if (t->mode == 1) {
    r.entry[3] = *pde32;
    r.entry[4] = *pte32;
  } else {
    for (int i = first; i < 5; i++) r.entry[i] = *place(t, i);
  }
  send(&r, sizeof r);
}

__attribute__((noreturn, used)) void run(void) {
  word va = LOW_ADDRESS;
#ifdef __x86_64__
  va += 1ul << 39;
  if (CASES->la57) va += 1ul << 48;
#endif
  set_up(va);
  const struct test *tests = (const struct test *)(CASES + 1);
  for (u32 i = 0; i < CASES->count; i++) run_case(tests + i, va);
  asm volatile("out %0, %1" ::"a"((u8)0), "d"((u16)0xf4));
  for (;;) asm volatile("hlt");
}
