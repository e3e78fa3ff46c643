// Linking is the check: every object of scheduler_core resolves without sim.
int main() { return 0; }
