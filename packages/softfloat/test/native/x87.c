/*
 * x87 oracle: runs one x87 instruction per record on this CPU.
 *
 * stdin:  records of 64 bytes: u32 control word, u32 unused, 8 unused, a[16] (ST0), b[16] (ST1, or the memory operand), 16 unused.
 * stdout: records of 64 bytes: ST0[16], ST1[16], mem[16] (what was stored; zeros when nothing was), u32 status word, 12 unused.
 * argv[1] names the operation.
 *
 * The registers are read with FXSAVE, which does not wait, so that pending unmasked exceptions never arrive.
 */
#include <stdint.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  uint32_t cw, pad0;
  uint64_t pad;
  uint8_t a[16], b[16], c[16];
} in_t;
typedef struct {
  uint8_t st0[16], st1[16], mem[16];
  uint32_t fsw, pad[3];
} out_t;

static uint8_t image[512] __attribute__((aligned(16)));

#define OPERANDS : [m] "+m"(out->mem), [x] "=m"(image) : [w] "m"(in->cw), [a] "m"(in->a), [b] "m"(in->b) : "memory", "cc", "rax", "rdx"
#define BEGIN1 "fninit\n\tfldt %[a]\n\tfldcw %[w]\n\t"
#define BEGIN2 "fninit\n\tfldt %[b]\n\tfldt %[a]\n\tfldcw %[w]\n\t"
#define BEGIN0 "fninit\n\tfldcw %[w]\n\t"
#define END "\n\tfxsave64 %[x]\n\tfninit"
#define RUN(name, begin, text)                                                                                     \
  static void run_##name(const in_t *in, out_t *out) { __asm__ volatile(begin text END OPERANDS); }

RUN(fadd, BEGIN2, "fadd %%st(1),%%st")
RUN(fsub, BEGIN2, "fsub %%st(1),%%st")
RUN(fmul, BEGIN2, "fmul %%st(1),%%st")
RUN(fdiv, BEGIN2, "fdiv %%st(1),%%st")
RUN(fsqrt, BEGIN1, "fsqrt")
RUN(fadds, BEGIN1, "fadds %[b]")
RUN(fmuls, BEGIN1, "fmuls %[b]")
RUN(fsubs, BEGIN1, "fsubs %[b]")
RUN(fsubrs, BEGIN1, "fsubrs %[b]")
RUN(fdivs, BEGIN1, "fdivs %[b]")
RUN(fdivrs, BEGIN1, "fdivrs %[b]")
RUN(faddl, BEGIN1, "faddl %[b]")
RUN(fmull, BEGIN1, "fmull %[b]")
RUN(fsubrl, BEGIN1, "fsubrl %[b]")
RUN(fdivl, BEGIN1, "fdivl %[b]")
RUN(fdivrl, BEGIN1, "fdivrl %[b]")
RUN(fiadds, BEGIN1, "fiadds %[b]")
RUN(fidivl, BEGIN1, "fidivl %[b]")
RUN(fisubrl, BEGIN1, "fisubrl %[b]")
RUN(fcom, BEGIN2, "fcom %%st(1)")
RUN(fucom, BEGIN2, "fucom %%st(1)")
RUN(fcoms, BEGIN1, "fcoms %[b]")
RUN(fcoml, BEGIN1, "fcoml %[b]")
RUN(ficoml, BEGIN1, "ficoml %[b]")
RUN(ftst, BEGIN1, "ftst")
RUN(fxam, BEGIN1, "fxam")
RUN(fprem, BEGIN2, "fprem")
RUN(fprem1, BEGIN2, "fprem1")
RUN(frndint, BEGIN1, "frndint")
RUN(fscale, BEGIN2, "fscale")
RUN(fxtract, BEGIN1, "fxtract")
RUN(flds, BEGIN0, "flds %[b]")
RUN(fldl, BEGIN0, "fldl %[b]")
RUN(filds, BEGIN0, "filds %[b]")
RUN(fildl, BEGIN0, "fildl %[b]")
RUN(fildq, BEGIN0, "fildll %[b]")
RUN(fbld, BEGIN0, "fbld %[b]")
RUN(fsts, BEGIN1, "fsts %[m]")
RUN(fstl, BEGIN1, "fstl %[m]")
RUN(fists, BEGIN1, "fists %[m]")
RUN(fistl, BEGIN1, "fistl %[m]")
RUN(fistpq, BEGIN1, "fistpll %[m]")
RUN(fisttps, BEGIN1, "fisttps %[m]")
RUN(fisttpl, BEGIN1, "fisttpl %[m]")
RUN(fisttpq, BEGIN1, "fisttpll %[m]")
RUN(fbstp, BEGIN1, "fbstp %[m]")
RUN(fld1, BEGIN0, "fld1")
RUN(fldl2t, BEGIN0, "fldl2t")
RUN(fldl2e, BEGIN0, "fldl2e")
RUN(fldpi, BEGIN0, "fldpi")
RUN(fldlg2, BEGIN0, "fldlg2")
RUN(fldln2, BEGIN0, "fldln2")
RUN(fldz, BEGIN0, "fldz")
RUN(f2xm1, BEGIN1, "f2xm1")
RUN(fyl2x, BEGIN2, "fyl2x")
RUN(fyl2xp1, BEGIN2, "fyl2xp1")
RUN(fptan, BEGIN1, "fptan")
RUN(fpatan, BEGIN2, "fpatan")
RUN(fsin, BEGIN1, "fsin")
RUN(fcos, BEGIN1, "fcos")
RUN(fsincos, BEGIN1, "fsincos")

static const struct {
  const char *name;
  void (*run)(const in_t *, out_t *);
} table[] = {
#define T(n) {#n, run_##n}
  T(fadd), T(fsub), T(fmul), T(fdiv), T(fsqrt), T(fadds), T(fmuls), T(fsubs), T(fsubrs), T(fdivs), T(fdivrs),
  T(faddl), T(fmull), T(fsubrl), T(fdivl), T(fdivrl), T(fiadds), T(fidivl), T(fisubrl), T(fcom), T(fucom), T(fcoms),
  T(fcoml), T(ficoml), T(ftst), T(fxam), T(fprem), T(fprem1), T(frndint), T(fscale), T(fxtract), T(flds), T(fldl),
  T(filds), T(fildl), T(fildq), T(fbld), T(fsts), T(fstl), T(fists), T(fistl), T(fistpq), T(fisttps), T(fisttpl),
  T(fisttpq), T(fbstp), T(fld1), T(fldl2t), T(fldl2e), T(fldpi), T(fldlg2), T(fldln2), T(fldz), T(f2xm1), T(fyl2x),
  T(fyl2xp1), T(fptan), T(fpatan), T(fsin), T(fcos), T(fsincos),
};

int main(int argc, char **argv) {
  if (argc != 2) return 2;
  void (*run)(const in_t *, out_t *) = 0;
  for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
    if (!strcmp(argv[1], "list")) puts(table[i].name);
    if (!strcmp(argv[1], table[i].name)) run = table[i].run;
  }
  if (!strcmp(argv[1], "list")) return 0;
  if (!run) return 2;
  in_t in;
  while (fread(&in, sizeof in, 1, stdin) == 1) {
    out_t out;
    memset(&out, 0, sizeof out);
    run(&in, &out);
    memcpy(out.st0, image + 32, 10);
    memcpy(out.st1, image + 48, 10);
    out.fsw = image[2] | image[3] << 8;
    fwrite(&out, sizeof out, 1, stdout);
  }
  return 0;
}
