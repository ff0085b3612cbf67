/*
 * SSE oracle: runs one SSE instruction per record on this CPU.
 *
 * stdin:  records of 64 bytes: u32 mxcsr (rounding, FTZ, DAZ, masks; flags 0), u32 imm, 8 unused, a[16], b[16], c[16].
 * stdout: records of 32 bytes: r[16], u32 flags, u32 trapped (1 when #XM was raised), 8 unused.
 * argv[1] names the operation. An unmasked exception arrives as SIGFPE; the handler notes the flags, masks
 * everything and lets the instruction run again.
 */
#define _GNU_SOURCE
#include <immintrin.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <ucontext.h>

typedef struct {
  uint32_t mxcsr, imm;
  uint64_t pad;
  uint8_t a[16], b[16], c[16];
} in_t;
typedef struct {
  uint8_t r[16];
  uint32_t flags, trapped;
  uint64_t pad;
} out_t;

static volatile uint32_t trap_flags, trapped;

static void on_fpe(int sig, siginfo_t *si, void *uc_) {
  (void)sig;
  (void)si;
  ucontext_t *uc = uc_;
  trap_flags = uc->uc_mcontext.fpregs->mxcsr & 63;
  trapped = 1;
  uc->uc_mcontext.fpregs->mxcsr |= 0x1f80;
}

static const uint32_t quiet = 0x1f80;

#define BEGIN "ldmxcsr %[m]\n\tmovups %[a],%%xmm0\n\tmovups %[b],%%xmm1\n\tmovups %[c],%%xmm2\n\t"
#define END "\n\tstmxcsr %[f]\n\tldmxcsr %[q]\n\tmovups %%xmm0,%[r]"
#define OPERANDS                                                                                                   \
  : [r] "=m"(out->r), [f] "=m"(flags)                                                                              \
  : [m] "m"(in->mxcsr), [a] "m"(in->a), [b] "m"(in->b), [c] "m"(in->c), [q] "m"(quiet)                              \
  : "xmm0", "xmm1", "xmm2", "rax", "cc", "memory"
#define RUN(name, text)                                                                                            \
  static uint32_t run_##name(const in_t *in, out_t *out) {                                                          \
    uint32_t flags;                                                                                                \
    __asm__ volatile(BEGIN text END OPERANDS);                                                                     \
    return flags;                                                                                                  \
  }
/* An integer result, in rax. */
#define RAX "\n\tmovq %%rax,%%xmm0"
/* Comparison: EFLAGS to rax. */
#define EFLAGS "\n\tlahf\n\tmovzx %%ah,%%eax\n\tand $0x45,%%eax\n\tmovq %%rax,%%xmm0"

RUN(addss, "addss %%xmm1,%%xmm0")
RUN(subss, "subss %%xmm1,%%xmm0")
RUN(mulss, "mulss %%xmm1,%%xmm0")
RUN(divss, "divss %%xmm1,%%xmm0")
RUN(sqrtss, "sqrtss %%xmm0,%%xmm0")
RUN(minss, "minss %%xmm1,%%xmm0")
RUN(maxss, "maxss %%xmm1,%%xmm0")
RUN(comiss, "comiss %%xmm1,%%xmm0" EFLAGS)
RUN(ucomiss, "ucomiss %%xmm1,%%xmm0" EFLAGS)
RUN(addsd, "addsd %%xmm1,%%xmm0")
RUN(subsd, "subsd %%xmm1,%%xmm0")
RUN(mulsd, "mulsd %%xmm1,%%xmm0")
RUN(divsd, "divsd %%xmm1,%%xmm0")
RUN(sqrtsd, "sqrtsd %%xmm0,%%xmm0")
RUN(minsd, "minsd %%xmm1,%%xmm0")
RUN(maxsd, "maxsd %%xmm1,%%xmm0")
RUN(comisd, "comisd %%xmm1,%%xmm0" EFLAGS)
RUN(ucomisd, "ucomisd %%xmm1,%%xmm0" EFLAGS)
RUN(cvtss2sd, "cvtss2sd %%xmm0,%%xmm0")
RUN(cvtsd2ss, "cvtsd2ss %%xmm0,%%xmm0")
RUN(cvtsi2ss32, "movd %%xmm0,%%eax\n\tcvtsi2ssl %%eax,%%xmm0")
RUN(cvtsi2sd32, "movd %%xmm0,%%eax\n\tcvtsi2sdl %%eax,%%xmm0")
RUN(cvtsi2ss64, "movq %%xmm0,%%rax\n\tcvtsi2ssq %%rax,%%xmm0")
RUN(cvtsi2sd64, "movq %%xmm0,%%rax\n\tcvtsi2sdq %%rax,%%xmm0")
RUN(cvtss2si32, "cvtss2sil %%xmm0,%%eax" RAX)
RUN(cvtss2si64, "cvtss2siq %%xmm0,%%rax" RAX)
RUN(cvttss2si32, "cvttss2sil %%xmm0,%%eax" RAX)
RUN(cvttss2si64, "cvttss2siq %%xmm0,%%rax" RAX)
RUN(cvtsd2si32, "cvtsd2sil %%xmm0,%%eax" RAX)
RUN(cvtsd2si64, "cvtsd2siq %%xmm0,%%rax" RAX)
RUN(cvttsd2si32, "cvttsd2sil %%xmm0,%%eax" RAX)
RUN(cvttsd2si64, "cvttsd2siq %%xmm0,%%rax" RAX)
RUN(vcvtph2ps, "vcvtph2ps %%xmm0,%%xmm0")
RUN(addps, "addps %%xmm1,%%xmm0")
RUN(mulps, "mulps %%xmm1,%%xmm0")
RUN(divps, "divps %%xmm1,%%xmm0")
RUN(mulpd, "mulpd %%xmm1,%%xmm0")
/* Operands are arranged so that each form computes a * b + c with a the factor that the manual names first. */
RUN(fmass213, "vfmadd213ss %%xmm2,%%xmm0,%%xmm1\n\tmovaps %%xmm1,%%xmm0")
RUN(fmsubss213, "vfmsub213ss %%xmm2,%%xmm0,%%xmm1\n\tmovaps %%xmm1,%%xmm0")
RUN(fnmaddss213, "vfnmadd213ss %%xmm2,%%xmm0,%%xmm1\n\tmovaps %%xmm1,%%xmm0")
RUN(fnmsubss213, "vfnmsub213ss %%xmm2,%%xmm0,%%xmm1\n\tmovaps %%xmm1,%%xmm0")
RUN(fmsubsd213, "vfmsub213sd %%xmm2,%%xmm0,%%xmm1\n\tmovaps %%xmm1,%%xmm0")
RUN(fnmaddsd213, "vfnmadd213sd %%xmm2,%%xmm0,%%xmm1\n\tmovaps %%xmm1,%%xmm0")
RUN(fnmsubsd213, "vfnmsub213sd %%xmm2,%%xmm0,%%xmm1\n\tmovaps %%xmm1,%%xmm0")
RUN(fmass132, "vfmadd132ss %%xmm1,%%xmm2,%%xmm0")
RUN(fmass231, "vfmadd231ss %%xmm1,%%xmm0,%%xmm2\n\tmovaps %%xmm2,%%xmm0")
RUN(fmasd213, "vfmadd213sd %%xmm2,%%xmm0,%%xmm1\n\tmovaps %%xmm1,%%xmm0")
RUN(fmasd132, "vfmadd132sd %%xmm1,%%xmm2,%%xmm0")
RUN(fmasd231, "vfmadd231sd %%xmm1,%%xmm0,%%xmm2\n\tmovaps %%xmm2,%%xmm0")

#define RUNU(name, text) RUN(name, text)
RUN(vcvtss2usi32, "vcvtss2usi %%xmm0,%%eax" RAX)
RUN(vcvtss2usi64, "vcvtss2usi %%xmm0,%%rax" RAX)
RUN(vcvttsd2usi32, "vcvttsd2usi %%xmm0,%%eax" RAX)
RUN(vcvtsd2usi64, "vcvtsd2usi %%xmm0,%%rax" RAX)
RUN(vcvtusi2ss64, "movq %%xmm0,%%rax\n\tvcvtusi2ss %%rax,%%xmm0,%%xmm0")
RUN(vcvtusi2sd64, "movq %%xmm0,%%rax\n\tvcvtusi2sd %%rax,%%xmm0,%%xmm0")

#define IMM(n, text) __asm__ volatile(BEGIN text END OPERANDS); break;
#define CASE(n, op, tail) case n: IMM(n, op " $" #n "," tail)
#define CASES8(op, tail)                                                                                           \
  CASE(0, op, tail) CASE(1, op, tail) CASE(2, op, tail) CASE(3, op, tail) CASE(4, op, tail) CASE(5, op, tail)     \
  CASE(6, op, tail) CASE(7, op, tail)
#define CASES16(op, tail)                                                                                          \
  CASES8(op, tail) CASE(8, op, tail) CASE(9, op, tail) CASE(10, op, tail) CASE(11, op, tail) CASE(12, op, tail)   \
  CASE(13, op, tail) CASE(14, op, tail) CASE(15, op, tail)
#define CASES32(op, tail)                                                                                          \
  CASES16(op, tail) CASE(16, op, tail) CASE(17, op, tail) CASE(18, op, tail) CASE(19, op, tail) CASE(20, op, tail) \
  CASE(21, op, tail) CASE(22, op, tail) CASE(23, op, tail) CASE(24, op, tail) CASE(25, op, tail)                  \
  CASE(26, op, tail) CASE(27, op, tail) CASE(28, op, tail) CASE(29, op, tail) CASE(30, op, tail) CASE(31, op, tail)
#define RUNI(name, cases)                                                                                          \
  static uint32_t run_##name(const in_t *in, out_t *out) {                                                          \
    uint32_t flags = 0;                                                                                            \
    switch (in->imm) { cases }                                                                                     \
    return flags;                                                                                                  \
  }
RUNI(cmpss, CASES8("cmpss", "%%xmm1,%%xmm0"))
RUNI(cmpsd, CASES8("cmpsd", "%%xmm1,%%xmm0"))
RUNI(vcmpss, CASES32("vcmpss", "%%xmm1,%%xmm0,%%xmm0"))
RUNI(vcmpsd, CASES32("vcmpsd", "%%xmm1,%%xmm0,%%xmm0"))
RUNI(roundss, CASES16("roundss", "%%xmm0,%%xmm0"))
RUNI(roundsd, CASES16("roundsd", "%%xmm0,%%xmm0"))
RUNI(vcvtps2ph, CASES8("vcvtps2ph", "%%xmm0,%%xmm0"))

typedef uint32_t (*run_t)(const in_t *, out_t *);
static const struct {
  const char *name;
  run_t run;
} table[] = {
#define T(n) {#n, run_##n}
  T(addss), T(subss), T(mulss), T(divss), T(sqrtss), T(minss), T(maxss), T(comiss), T(ucomiss), T(addsd), T(subsd),
  T(mulsd), T(divsd), T(sqrtsd), T(minsd), T(maxsd), T(comisd), T(ucomisd), T(cvtss2sd), T(cvtsd2ss), T(cvtsi2ss32),
  T(cvtsi2sd32), T(cvtsi2ss64), T(cvtsi2sd64), T(cvtss2si32), T(cvtss2si64), T(cvttss2si32), T(cvttss2si64),
  T(cvtsd2si32), T(cvtsd2si64), T(cvttsd2si32), T(cvttsd2si64), T(vcvtph2ps), T(addps), T(mulps), T(divps), T(mulpd),
  T(fmass213), T(fmsubss213), T(fnmaddss213), T(fnmsubss213), T(fmsubsd213), T(fnmaddsd213), T(fnmsubsd213), T(fmass132), T(fmass231), T(fmasd213), T(fmasd132), T(fmasd231), T(vcvtss2usi32), T(vcvtss2usi64),
  T(vcvttsd2usi32), T(vcvtsd2usi64), T(vcvtusi2ss64), T(vcvtusi2sd64), T(cmpss), T(cmpsd), T(vcmpss), T(vcmpsd),
  T(roundss), T(roundsd), T(vcvtps2ph),
};

/* Operations that this CPU lacks are not offered. */
static int supported(const char *name) {
  __builtin_cpu_init();
  if (strstr(name, "usi")) return __builtin_cpu_supports("avx512f");
  if (name[0] == 'f') return __builtin_cpu_supports("fma");
  if (strstr(name, "ph")) return __builtin_cpu_supports("f16c") != 0;
  if (!strncmp(name, "vcmp", 4)) return __builtin_cpu_supports("avx");
  if (!strncmp(name, "round", 5)) return __builtin_cpu_supports("sse4.1");
  return 1;
}

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  if (!strcmp(argv[1], "list")) {
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
      if (supported(table[i].name)) puts(table[i].name);
    return 0;
  }
  run_t run = 0;
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (!strcmp(argv[1], table[i].name)) run = table[i].run;
  if (!run) return 2;
  struct sigaction sa = {.sa_sigaction = on_fpe, .sa_flags = SA_SIGINFO};
  sigaction(SIGFPE, &sa, 0);
  in_t in;
  while (fread(&in, sizeof in, 1, stdin) == 1) {
    out_t out;
    memset(&out, 0, sizeof out);
    trapped = 0;
    uint32_t flags = run(&in, &out) & 63;
    out.flags = trapped ? trap_flags : flags;
    out.trapped = trapped;
    if (trapped) memset(out.r, 0, sizeof out.r);
    fwrite(&out, sizeof out, 1, stdout);
  }
  return 0;
}
