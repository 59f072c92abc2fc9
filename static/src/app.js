// What every page runs: the behaviour of GOV.UK components.
import { initAll } from "govuk-frontend";

initAll();
