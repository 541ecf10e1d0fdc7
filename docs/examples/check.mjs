// Validates report pages, and looks for barriers to people who cannot see them well:
//   npm install --prefix docs/examples
//   node docs/examples/check.mjs docs/examples/*/report.html
// Chromium is that of CHROMIUM, or /usr/bin/chromium; without one only the HTML is validated.
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { createRequire } from "node:module";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";

const BROWSER = process.env.CHROMIUM ?? "/usr/bin/chromium";
const FLAGS = [
  "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
  "--disable-background-networking", "--disable-component-update", "--disable-sync",
];
const axe = fs.readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const files = process.argv.slice(2);
let wrong = 0;

function complain(file, text) {
  wrong += 1;
  console.log(`${file}: ${text}`);
}

const validator = new HtmlValidate({ extends: ["html-validate:recommended"] });
for (const file of files) {
  const report = await validator.validateFile(file);
  for (const each of report.results.flatMap((result) => result.messages)) {
    complain(file, `line ${each.line}: ${each.message} (${each.ruleId})`);
  }
}

if (!fs.existsSync(BROWSER)) {
  console.log(`no browser at ${BROWSER}: looked at the HTML only`);
} else {
  const profile = fs.mkdtempSync(path.join(os.tmpdir(), "check-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: BROWSER, args: FLAGS, bypassCSP: true,
  });
  for (const file of files) {
    for (const colorScheme of ["light", "dark"]) {
      for (const width of [1280, 400]) {
        await look(context, file, colorScheme, width);
      }
    }
  }
  await context.close();
  fs.rmSync(profile, { recursive: true });
}

async function look(context, file, colorScheme, width) {
  const page = await context.newPage();
  page.on("pageerror", (error) => complain(file, error.message));
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 900 });
  await page.goto(`file://${path.resolve(file)}`);
  const needed = await page.evaluate(() => document.documentElement.scrollWidth);
  if (needed > width) {
    complain(file, `is ${needed} pixels wide in a window of ${width}`);
  }
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  for (const each of violations) {
    complain(file, `${colorScheme}, ${width} pixels: ${each.impact}: ${each.help} (${each.id})`);
  }
  await page.close();
}

console.log(`${files.length} pages, ${wrong} complaints`);
process.exit(wrong ? 1 : 0);
