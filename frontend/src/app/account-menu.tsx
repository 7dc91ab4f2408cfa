import { useState } from "react";
import { useLater } from "@/lib/use-later";
import { AccountButton } from "./account-button";

const load = () => import("./account-choices");

/** A button whose menu comes later: menus are a tenth of what a first visit would load. */
export function AccountMenu() {
  const [isOpen, setOpen] = useState(false);
  const Choices = useLater(load, isOpen);
  if (Choices) return <Choices isOpen={isOpen} onChange={setOpen} />;
  return <AccountButton aria-haspopup="menu" aria-expanded={false} onClick={() => setOpen(true)} />;
}
