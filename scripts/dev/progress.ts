const WIDTH = 30;

/** Shows how far something is: a bar on a terminal, a line every so often elsewhere. */
export function progressBar(label: string, out: NodeJS.WriteStream = process.stdout) {
  let lastStep = -1;
  return (done: number, total: number): void => {
    const share = total === 0 ? 1 : done / total;
    const numbers = `${done.toLocaleString('en')} of ${total.toLocaleString('en')} rows`;
    if (out.isTTY) {
      const filled = Math.round(share * WIDTH);
      out.write(
        `\r  ${label} [${'█'.repeat(filled)}${'·'.repeat(WIDTH - filled)}] ${numbers}${share >= 1 ? '\n' : ''}`,
      );
      return;
    }
    const step = Math.floor(share * 4);
    if (step > lastStep) out.write(`  ${label}: ${numbers}\n`);
    lastStep = step;
  };
}
