import { changeForm } from './change-form.ts';
import { denyForm } from './deny-form.ts';
import type { Form } from './form.ts';
import { formIds } from './form-ids.ts';
import { keepForm } from './keep-form.ts';
import { scaleForm } from './scale-form.ts';
import { upForm } from './up-form.ts';

/** Every form by the id that its view carries. */
export const forms: ReadonlyMap<string, Form> = new Map<string, Form>([
  [formIds.up, upForm],
  [formIds.change, changeForm],
  [formIds.deny, denyForm],
  [formIds.keep, keepForm],
  [formIds.scale, scaleForm],
]);
