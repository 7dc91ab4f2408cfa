import type { Texts } from "../en";
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

export const ko: Texts = {
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
