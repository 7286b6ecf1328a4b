// The commands of `backstep`, each in the file of its name; main.cpp adds them all.
#pragma once

#include "lessons/backstep/command_line.h"
#include "lessons/backstep/failure.h"

namespace backstep {

// Each adds its command to `app`. When the command line names it, its callback does the work and, where that
// can end in more than one way, sets `status` (0 until then). When it cannot do its work it throws
// Failure, or what the engine throws; main.cpp knows the status of each.
void add_check_command(CLI::App& app, int& status);
void add_draw_command(CLI::App& app);
void add_lessons_command(CLI::App& app);
void add_lesson_command(CLI::App& app, int& status);
void add_page_command(CLI::App& app);
void add_predict_command(CLI::App& app);
void add_solve_command(CLI::App& app);
void add_train_command(CLI::App& app, int& status);
void add_watch_command(CLI::App& app, int& status);
void add_why_command(CLI::App& app);
void add_zoom_command(CLI::App& app);

}  // namespace backstep
