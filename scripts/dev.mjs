// What `npm start` runs. Plain JavaScript that any Node can read, so that an old one gets a sentence and not a stack.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 18)) {
  console.error(
    `Node ${process.versions.node} is too old here. Run \`npm start\`, which brings a newer one, or install Node 24.`,
  );
  process.exit(1);
}
await import('./dev/main.ts');
