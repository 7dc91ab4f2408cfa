import { auth, landing, settings } from "./account";
import { compare, home } from "./home";
import { report } from "./report";
import { resume } from "./resume";
import { explanation, review, reviews } from "./review";
import { room } from "./room";
import { setup } from "./setup";
import { app, common, crash, error, nav, notFound, notice } from "./shell";
import { delivery, devices, voice } from "./voice";
import { learning, questionSet, writing } from "./writings";

export const en = {
  app,
  nav,
  common,
  landing,
  auth,
  error,
  notice,
  home,
  resume,
  setup,
  room,
  report,
  explanation,
  review,
  reviews,
  writing,
  questionSet,
  learning,
  compare,
  settings,
  notFound,
  crash,
  voice,
  devices,
  delivery,
};

type Shape<T> = { [Key in keyof T]: T[Key] extends string ? string : Shape<T[Key]> };

/** What every language must say; a missing or an extra key does not compile. */
export type Texts = Shape<typeof en>;
