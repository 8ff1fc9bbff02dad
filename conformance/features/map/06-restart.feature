Feature: What a restart leaves
  The capability statement declares how a bench restarts the device.

  @MAP-018 @MUST @D @MAP @needs:restart @needs:resets
  Scenario: MAP-018 Reset values
    After a restart each setting with a declared reset value holds it.

    Given each setting with a reset value holds another one
    When the bench restarts the device
    Then each setting holds its reset value

  @MAP-019 @MUST @D @MAP @needs:restart @needs:stored
  Scenario: MAP-019 Stored values
    A stored value survives a restart, a setting that is not stored does not.

    Given each stored register holds another value
    When the bench restarts the device
    Then each stored register holds what was written, and is put back
