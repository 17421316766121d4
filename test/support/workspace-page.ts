import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import type { Stage } from '../../src/playground/demo/stage.ts';
import { openBrowser } from '../playground/workspace/support/open-browser.ts';

/** Where a wish for pictures puts them; the tests take none otherwise. */
const pictures = process.env.SLIPWAY_PICTURES;

/** The workspace's page in a browser, with what people do there. */
export interface WorkspacePage {
  readonly page: Page;
  /** Somebody types a line into the channel. */
  type(user: string, line: string): Promise<void>;
  /** Somebody clicks the first button of that id, once it is there. */
  click(user: string, actionId: string): Promise<void>;
  /** Waits until one of the messages says this; blanks that no line is broken at count as blanks. */
  says(text: string): Promise<void>;
  /** Opens the thread of the card with this headline. */
  openThread(headline: string): Promise<void>;
  picture(name: string): Promise<void>;
  close(): Promise<void>;
}

/** Opens the page of a playground. */
export async function openWorkspacePage(stage: Stage): Promise<WorkspacePage> {
  const browser = await openBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  await page.goto(stage.world.workspace.url);

  return {
    page,
    async type(user, line) {
      await page.getByTestId('speaker').selectOption(user);
      await page.getByTestId('composer').fill(line);
      await page.getByTestId('composer').press('Enter');
    },
    async click(user, actionId) {
      const button = page.locator(`[data-action-id="${actionId}"]`).first();
      await button.waitFor({ timeout: 60_000 });
      await page.getByTestId('speaker').selectOption(user);
      await button.click();
    },
    async says(text) {
      const said = async () => (await page.getByTestId('message').allTextContents()).join('\n');
      await expect.poll(async () => (await said()).replaceAll('\u00a0', ' '), { timeout: 90_000 }).toContain(text);
    },
    async openThread(headline) {
      const card = page.locator('#messages [data-testid="message"]').filter({ hasText: headline });
      await card.getByTestId('replies').click();
      await page.getByTestId('thread').waitFor();
    },
    async picture(name) {
      if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` });
    },
    close: () => browser.close(),
  };
}
